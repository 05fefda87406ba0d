/**
 * Lossless coder of graphics: screenshots, text, logos, pixel art, codes, line art. It predicts colours by earlier places
 * whose neighbourhood was alike, not by differences of samples. docs/specification/7-graphics-coder.md specifies the stream.
 *
 * Limitations: a rectangle is one stream and uses one thread; photographs take about 4 µs per pixel.
 *
 * @module
 */

export { decodeGraphics, encodeGraphics } from "./graphics_coder.ts";
export { graphicsMemoryBytes, type GraphicsShape, MAX_GRAPHICS_PIXELS } from "./graphics_shape.ts";
