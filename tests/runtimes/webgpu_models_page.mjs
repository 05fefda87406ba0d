// Runs in a page: files of models, made and decoded with nets on WebGPU and on the CPU.
import { compress, decompress, setAssetUrls } from "@vaerans/vaerans";
import "@vaerans/vaerans/onnxruntime";

setAssetUrls({ models: "models/", onnxruntime: "onnxruntime/" });

/** Mean difference of samples between both devices, by decoder and by encoder, bytes, the adapter, and seconds. */
globalThis.results = async () => {
  const width = 96, height = 64, data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) {
    const x = (i >> 2) % width, y = Math.floor((i >> 2) / width);
    data[i] = i % 4 === 3 ? 255 : 128 + 100 * Math.sin(x * y / (70 + 9 * (i % 4)));
  }
  const adapter = await navigator.gpu?.requestAdapter(), results = [];
  const difference = (p, q) =>
    p.data.reduce((sum, value, i) => sum + Math.abs(value - q.data[i]), 0) / p.data.length;
  for (const model of ["vaerans-8", "vaerans-4"]) {
    const options = { model, quality: 50, content: "photo" }, start = performance.now();
    const onCpu = await compress({ data, width, height }, options);
    const onGpu = await compress({ data, width, height }, { ...options, device: "gpu" });
    const a = await decompress(onCpu), b = await decompress(onCpu, { device: "gpu" });
    const own = await decompress(onGpu);
    results.push({
      model,
      decoding: difference(a, b),
      encoding: difference(a, own),
      bytes: [onCpu.length, onGpu.length],
      seconds: (performance.now() - start) / 1000,
    });
  }
  return { vendor: adapter?.info?.vendor ?? "", results };
};

/** Code and message of the error without onnxruntime's WebAssembly, or nothing; and what `auto` gives then. */
globalThis.withoutAsset = async () => {
  setAssetUrls({ onnxruntime: "nothing/" });
  const picture = { data: new Uint8ClampedArray(4 * 64 * 64).fill(200), width: 64, height: 64 };
  const file = await compress(picture, { model: "vaerans-8", quality: 50 });
  const error = await decompress(file, { device: "gpu" }).then(
    () => undefined,
    ({ code, message }) => ({ code, message }),
  );
  const { data: [red] } = await decompress(file, { device: "auto" });
  return { error, red };
};
