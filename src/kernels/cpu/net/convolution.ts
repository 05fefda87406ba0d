import type { ConvolutionMemory } from "./convolution_memory.ts";
import { type ConvolutionStep, TILE_SIDE } from "../../net_plan.ts";

/** A map in memory, with a border of one place, filled up to whole tiles. */
export interface PlacedMap {
  /** Of the border's first place. */
  readonly address: number;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** Products of matrices that a tile takes. */
const TILE_POINTS = 36;
/** Columns of a panel of weights; rows of a product are a multiple of {@linkcode ROW_GROUP}. */
const PANEL_COLUMNS = 8, ROW_GROUP = 4;
/** Tiles, or windows, are worked on so many at a time that what they take stays in the second cache. */
const BLOCK_BYTES = 400_000, MOST_AT_ONCE = 64;
/** Share of these by which a block may be larger, so that a row of them takes fewer blocks: each reads all weights. */
const MOST_BEYOND = 1 / 3;
/** Between the matrices of two points: they would all lie in the same few lines of the first cache. */
const POINT_GAP_BYTES = 64;
/** Vectors of a tile, at the memory's beginning. */
const SCRATCH = 0;

/** Rows and columns there are, border included. */
function fullSides({ rows, columns }: Pick<PlacedMap, "rows" | "columns">): [number, number] {
  const full = (side: number) => Math.ceil(side / TILE_SIDE) * TILE_SIDE + 2;
  return [full(rows), full(columns)];
}

/** Bytes of a map. */
export function mapBytes(map: Omit<PlacedMap, "address">): number {
  const [rows, columns] = fullSides(map);
  return 4 * map.channels * rows * columns;
}

/** Bytes from one row to the next. */
export function rowPitchOf(map: PlacedMap): number {
  return 4 * map.channels * fullSides(map)[1];
}

/** Address of the first place inside the border. */
export function firstPlaceOf(map: PlacedMap): number {
  return map.address + rowPitchOf(map) + 4 * map.channels;
}

/** The matrices that some tiles or windows make at once. */
interface Block {
  /** Products of matrices. */
  readonly points: number;
  /** Tiles or windows: rows of a left matrix. */
  readonly atOnce: number;
  /** As many at most, where that saves a block. */
  readonly most: number;
  /** Columns of a left matrix. */
  readonly depth: number;
  /** From one point's left matrix to the next one's, */
  readonly pointBytes: number;
  /** right matrix, */
  readonly weightBytes: number;
  /** and product. */
  readonly productBytes: number;
}

function blockOf(isWinograd: boolean, depth: number, columns: number): Block {
  const points = isWinograd ? TILE_POINTS : 1;
  const fitting = Math.floor(BLOCK_BYTES / (4 * points * (depth + columns)));
  const atOnce = Math.max(ROW_GROUP, Math.min(MOST_AT_ONCE, fitting - fitting % ROW_GROUP));
  const most = atOnce + ROW_GROUP * Math.ceil(MOST_BEYOND * atOnce / ROW_GROUP);
  const bytesOf = (rows: number, width: number) => 4 * rows * width + POINT_GAP_BYTES;
  return {
    points,
    atOnce,
    most,
    depth,
    pointBytes: bytesOf(most, depth),
    weightBytes: bytesOf(depth, columns),
    productBytes: bytesOf(most, columns),
  };
}

/** A convolution's weights in memory, in the order in which products of matrices read them. */
export class Convolution {
  readonly #memory: ConvolutionMemory;
  readonly #step: Omit<ConvolutionStep, "kind" | "source" | "target">;
  readonly #inputs: number;
  readonly #outputs: number;
  /** Outputs, filled up to whole panels. */
  readonly #columns: number;
  readonly #weights: number;
  readonly #isWinograd: boolean;
  readonly #block: Block;

  /**
   * Puts the weights into memory.
   *
   * @param memory Where they and the maps are.
   * @param step What to do.
   */
  constructor(memory: ConvolutionMemory, step: Omit<ConvolutionStep, "kind" | "source" | "target">) {
    this.#memory = memory;
    this.#step = step;
    this.#outputs = step.bias.length;
    this.#inputs = step.weights.length / this.#outputs / step.size ** 2;
    this.#columns = Math.ceil(this.#outputs / PANEL_COLUMNS) * PANEL_COLUMNS;
    this.#isWinograd = step.size === 3 && step.stride === 1;
    this.#block = blockOf(
      this.#isWinograd,
      this.#inputs * (this.#isWinograd ? 1 : step.size ** 2),
      this.#columns,
    );
    this.#weights = this.#placed();
  }

  /** Bytes that {@linkcode Convolution.run} works in. */
  get workBytes(): number {
    const { points, pointBytes, productBytes } = this.#block;
    return points * (pointBytes + productBytes) + 4 * this.#columns;
  }

  /**
   * Convolves.
   *
   * @param source Its border is written over.
   * @param target The result, or what it is added to.
   * @param work Address of `workBytes` bytes.
   * @param bias As many values as outputs.
   * @param above Address of the row of places above the source's first; 0 if that is the picture's,
   * @param below and of the one below its last.
   */
  run(
    source: PlacedMap,
    target: PlacedMap,
    work: number,
    bias: Float32Array,
    above = 0,
    below = 0,
  ): void {
    const { exports } = this.#memory, { edge } = this.#step;
    const { points, pointBytes, productBytes, weightBytes, depth } = this.#block;
    const products = work + points * pointBytes, biasAddress = products + points * productBytes;
    this.#memory.floats(biasAddress, this.#outputs).set(bias);
    const [fullRows, fullColumns] = fullSides(source);
    exports.fillBorder(
      source.address,
      source.channels,
      source.rows,
      source.columns,
      fullRows,
      fullColumns,
      Number(edge),
      above,
      below,
    );
    const side = this.#isWinograd ? TILE_SIDE : 1;
    const inRow = Math.ceil(target.columns / side), count = inRow * Math.ceil(target.rows / side);
    const perBlock = this.#perBlock(count);
    for (let tile = 0; tile < count; tile += perBlock) {
      const some = Math.min(perBlock, count - tile);
      this.#gather(source, inRow, tile, some, work);
      exports.multiply(
        work,
        pointBytes,
        this.#weights,
        weightBytes,
        products,
        productBytes,
        points,
        Math.ceil(some / ROW_GROUP) * ROW_GROUP,
        depth,
        this.#columns,
      );
      this.#scatter(target, inRow, tile, some, products, biasAddress);
    }
  }

  /** How so many tiles are shared out to blocks. */
  #perBlock(count: number): number {
    const { atOnce, most } = this.#block, blocks = Math.max(1, Math.floor(count / atOnce));
    const shared = (blocks: number) => Math.ceil(count / blocks / ROW_GROUP) * ROW_GROUP;
    return shared(blocks) <= most ? shared(blocks) : shared(blocks + 1);
  }

  #gather(source: PlacedMap, inRow: number, first: number, count: number, work: number): void {
    const { exports } = this.#memory, { slope, size, stride } = this.#step;
    const rowPitch = rowPitchOf(source), { address, channels } = source;
    if (this.#isWinograd) {
      const { pointBytes } = this.#block;
      exports.winogradInput(
        address,
        rowPitch,
        channels,
        inRow,
        first,
        count,
        work,
        pointBytes,
        slope,
        SCRATCH,
      );
    } else {
      const corner = size === 1 ? firstPlaceOf(source) : address;
      exports.gather(corner, rowPitch, channels, size, stride, inRow, first, count, work, slope);
    }
  }

  #scatter(
    target: PlacedMap,
    inRow: number,
    first: number,
    count: number,
    products: number,
    bias: number,
  ): void {
    const { exports } = this.#memory, { channels } = target, onto = Number(this.#step.onto);
    const pitch = 4 * this.#columns, to = firstPlaceOf(target), rowPitch = rowPitchOf(target);
    if (this.#isWinograd) {
      exports.winogradOutput(
        products,
        this.#block.productBytes,
        pitch,
        to,
        rowPitch,
        channels,
        inRow,
        first,
        count,
        bias,
        onto,
        SCRATCH,
      );
    } else {
      exports.scatter(products, pitch, to, rowPitch, channels, inRow, first, count, bias, onto);
    }
  }

  /** Room for weights; zeros, if not all of a panel's columns will be written. */
  #reserve(byteLength: number): number {
    const address = this.#memory.reserve(byteLength);
    if (this.#columns > this.#outputs) this.#memory.floats(address, byteLength / 4).fill(0);
    return address;
  }

  /** The weights where {@linkcode Convolution.run} wants them. */
  #placed(): number {
    const { exports } = this.#memory, { weights, size } = this.#step, { points, weightBytes } = this.#block;
    const { buffer, byteOffset, byteLength } = weights;
    const target = this.#reserve(points * weightBytes), [source] = this.#memory.workspace([byteLength]);
    this.#memory.bytes(source, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    const isHalf = Number(weights instanceof Uint16Array), outputs = this.#outputs, inputs = this.#inputs;
    if (this.#isWinograd) {
      exports.winogradWeights(source, isHalf, target, weightBytes, outputs, inputs, SCRATCH);
    } else {
      exports.panelWeights(source, isHalf, target, outputs, inputs, size ** 2);
    }
    return target;
  }
}
