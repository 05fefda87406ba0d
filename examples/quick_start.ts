/**
 * A picture to the bytes of a `.vaer` file and back.
 *
 *     deno run -R examples/quick_start.ts
 */
import { compress, decompress, inspect, psnr } from "@vaerans/vaerans";
import { encodePng } from "@vaerans/vaerans/image";
import { drawn } from "./picture.ts";

const picture = drawn(192, 128); // or: await decodePicture(await Deno.readFile("photo.jpg"))

const bytes = await compress(picture, { quality: 60 }); // or { bytes: 9000 }, { psnr: 30 }, { lossless: true }, …
const decoded = await decompress(bytes);

const { bpp, model } = inspect(bytes);
console.log(`${bytes.length} bytes, ${bpp.toFixed(3)} bits a pixel, model ${model}`);
console.log(`${psnr(picture, decoded).toFixed(2)} dB`);
console.log(`as PNG: ${(await encodePng(decoded)).length} bytes`);
