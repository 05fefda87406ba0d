// Runs in a page: files without a network, made and decoded on WebGPU and on the CPU.
import { compress, decompress } from "@vaerans/vaerans";

/** The largest difference of samples between decoding on both devices, whether files are equal, and the adapter. */
globalThis.results = async () => {
  const width = 96, height = 64, data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) {
    const x = (i >> 2) % width, y = Math.floor((i >> 2) / width);
    data[i] = i % 4 === 3 ? 255 : 128 + 100 * Math.sin(x / (7 + i % 4) + y / 11);
  }
  const adapter = await navigator.gpu?.requestAdapter(), results = [];
  for (const options of [{ quality: 95 }, { lossless: true }]) {
    const onCpu = await compress({ data, width, height }, options);
    const onGpu = await compress({ data, width, height }, { ...options, device: "gpu" });
    const [a, b] = [await decompress(onCpu), await decompress(onCpu, { device: "gpu" })];
    const own = await decompress(onGpu);
    const difference = (p, q) =>
      p.data.reduce((most, value, i) => Math.max(most, Math.abs(value - q.data[i])), 0);
    results.push({
      decoding: difference(a, b),
      encoding: difference(a, own),
      bytes: [onCpu.length, onGpu.length],
    });
  }
  return { vendor: adapter?.info?.vendor ?? "", results };
};
