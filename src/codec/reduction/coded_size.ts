import type { ContainerHeader } from "../../format/mod.ts";
import type { Rect } from "../tiles/tile_grid.ts";

/** Coded pixels around a region that enlarging looks at: two on each side of a pixel. */
const REACH_PIXELS = 2;

/** A side after so many halvings, each rounded up. */
export function reducedSide(side: number, reduction: number): number {
  return Math.ceil(side / 2 ** reduction);
}

/** The header as the streams see it: with the size of the coded picture. The same object if it is not reduced. */
export function codedHeader(header: ContainerHeader): ContainerHeader {
  const { width, height, reduction } = header;
  if (reduction === 0) return header;
  return { ...header, width: reducedSide(width, reduction), height: reducedSide(height, reduction) };
}

/** The coded pixels that a region of the shown picture needs. */
export function codedRect({ x, y, width, height }: Rect, header: ContainerHeader): Rect {
  if (header.reduction === 0) return { x, y, width, height };
  const coded = codedHeader(header), scale = 2 ** header.reduction;
  const span = (from: number, length: number, most: number) => {
    const first = Math.max(0, Math.floor(from / scale) - REACH_PIXELS);
    const end = Math.min(most, Math.floor((from + length - 1) / scale) + REACH_PIXELS + 1);
    return [first, end - first] as const;
  };
  const [left, columns] = span(x, width, coded.width), [top, rows] = span(y, height, coded.height);
  return { x: left, y: top, width: columns, height: rows };
}
