// What every runtime must give: hashes of the golden files' pixels, and of files that models and other coders make.

/** SHA-256 in hexadecimal digits. */
async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Hashes of the pixels of files, by name. */
export async function decodedHashes(decompress, files) {
  const hashes = {};
  for (const [name, bytes] of files) hashes[name] = await sha256((await decompress(bytes)).data);
  return hashes;
}

/** Hashes of files of a made picture: by a network in this thread and in workers, and without a network, with metadata. */
export async function compressedHashes(compress) {
  const width = 96, height = 64;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? 255 : (i * i >> 7) % 256;
  const user = new TextEncoder().encode(JSON.stringify(Array.from({ length: 500 }, (_, i) => i * i % 97)));
  const hashes = [];
  for (
    const options of [
      { quality: 60 },
      { quality: 20, metadata: { xmp: user } },
      { quality: 60, tileSide: 64, workers: 2 },
      { lossless: true },
    ]
  ) {
    hashes.push(await sha256(await compress({ data, width, height }, options)));
  }
  return hashes;
}

/** Counts answers of workers that the program starts from here on: without an answer, the caller's thread does the work. */
export function countAnswers(scope) {
  const answers = { count: 0 };
  scope.Worker = class extends scope.Worker {
    constructor(...args) {
      super(...args);
      if (this.on) this.on("message", () => answers.count++);
      else this.addEventListener("message", () => answers.count++);
    }
  };
  return answers;
}
