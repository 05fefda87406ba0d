/**
 * A file in numbered packets of at most 200 bytes, over a link that loses, repeats and reorders them. The receiver shows what
 * has arrived, asks for what is missing, and shows the whole at the end.
 *
 *     deno run -R examples/packets.ts
 */
import { compress, decompress, inspect, psnr } from "@vaerans/vaerans";
import { drawn } from "./picture.ts";

const PACKET_BYTES = 200;
/** Packet number and number of packets, 16 bits each. */
const HEAD_BYTES = 4;

/** Cuts a file into packets: a head, then the file's bytes. */
function packetsOf(file: Uint8Array): Uint8Array[] {
  const content = PACKET_BYTES - HEAD_BYTES, count = Math.ceil(file.length / content);
  return Array.from({ length: count }, (_, number) => {
    const payload = file.subarray(number * content, (number + 1) * content);
    const packet = new Uint8Array(HEAD_BYTES + payload.length), view = new DataView(packet.buffer);
    view.setUint16(0, number);
    view.setUint16(2, count);
    packet.set(payload, HEAD_BYTES);
    return packet;
  });
}

/** Collects packets in any order. */
class Receiver {
  readonly #payloads = new Map<number, Uint8Array>();
  #count = 0;

  take(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset);
    this.#count = view.getUint16(2);
    this.#payloads.set(view.getUint16(0), packet.subarray(HEAD_BYTES));
  }

  /** Numbers of packets that have not arrived. */
  missing(): number[] {
    return Array.from({ length: this.#count }, (_, number) => number).filter((number) =>
      !this.#payloads.has(number)
    );
  }

  /** The bytes before the first gap. */
  prefix(): Uint8Array {
    const payloads: number[] = [];
    for (let number = 0; this.#payloads.has(number); number++) payloads.push(...this.#payloads.get(number)!);
    return Uint8Array.from(payloads);
  }
}

/** A link that loses every third packet, repeats every fifth, and delivers late what was sent early. */
function* link(packets: readonly Uint8Array[]): Generator<Uint8Array> {
  const late: Uint8Array[] = [];
  for (const packet of packets) {
    sent++;
    if (sent % 3 === 0) continue;
    if (sent % 4 === 0) late.push(packet);
    else yield packet;
    if (sent % 5 === 0) yield packet;
  }
  yield* late;
}

let sent = 0;
const picture = drawn(384, 256);
const file = await compress(picture, { bytes: 1500 });
const packets = packetsOf(file);
console.log(`${file.length} bytes in ${packets.length} packets of at most ${PACKET_BYTES} bytes`);

const receiver = new Receiver();
let shownBytes = 0;
for (let round = 1, wanted = packets; wanted.length > 0; round++) {
  for (const packet of link(wanted)) {
    receiver.take(packet);
    const prefix = receiver.prefix();
    if (prefix.length <= shownBytes) continue; // what has arrived lies behind a gap
    if (inspect(prefix, { partial: true }).sections.length === 0) continue;
    shownBytes = prefix.length;
    const shown = await decompress(prefix, { partial: true });
    console.log(`round ${round}: ${prefix.length} bytes in a row, ${psnr(picture, shown).toFixed(2)} dB`);
  }
  wanted = receiver.missing().map((number) => packets[number]);
  console.log(`round ${round} ends, missing: ${wanted.length}`);
}
const whole = await decompress(receiver.prefix()); // without partial: every check of the file counts
console.log(`complete: ${psnr(picture, whole).toFixed(2)} dB`);
