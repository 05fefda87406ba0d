import { assertEquals } from "@std/assert";
import { sniffFormat } from "../../src/image/mod.ts";
import { PEER_NAMES, peerCodec } from "../../src/eval/peers.ts";
import { psnr } from "../../src/kernels/cpu/metrics/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

for (const name of PEER_NAMES) {
  Deno.test(`peerCodec("${name}") makes its format, larger and better at a higher quality`, async () => {
    const picture = syntheticPicture(72, 56);
    const codec = peerCodec(name);
    const low = await codec.encode(picture, 20), high = await codec.encode(picture, 90);
    assertEquals([sniffFormat(low), sniffFormat(high)], [name, name]);
    assertEquals(low.length < high.length, true);
    const [lowPsnr, highPsnr] = [
      psnr(picture, await codec.decode(low)),
      psnr(picture, await codec.decode(high)),
    ];
    assertEquals(lowPsnr > 12 && highPsnr > lowPsnr + 3, true);
  });
}
