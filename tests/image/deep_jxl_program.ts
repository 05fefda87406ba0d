/** Decodes a picture file given in base64, and prints its size and its first samples. */
import { decodePicture } from "../../mod.ts";

const picture = await decodePicture(Uint8Array.fromBase64(Deno.args[0]), { keepDepth: true });
console.log(
  JSON.stringify({ size: [picture.width, picture.height], samples: [...picture.data.subarray(0, 400)] }),
);
