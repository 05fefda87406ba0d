/** The runtime's own class: taken before onnxruntime, once it runs, puts another runtime's in its place. */
export const WebWorker: typeof Worker = globalThis.Worker;
