/** What a device's buffers were used for while it was watched. */
export interface BufferWatch {
  /** Sizes of the buffers made to be read on the CPU, in order: each is a readback. */
  readonly readbacks: number[];
  /** Buffers made and not destroyed. */
  liveCount(): number;
  /** Their bytes. */
  liveBytes(): number;
  /** Ends the watch. */
  stop(): void;
}

/** Watches every buffer that anyone makes on the device, onnxruntime included. */
export function watchBuffers(device: GPUDevice): BufferWatch {
  const readbacks: number[] = [], live = new Map<GPUBuffer, number>();
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor), destroy = buffer.destroy.bind(buffer);
    if (descriptor.usage & GPUBufferUsage.MAP_READ) readbacks.push(descriptor.size);
    live.set(buffer, descriptor.size);
    buffer.destroy = () => {
      live.delete(buffer);
      destroy();
    };
    return buffer;
  };
  return {
    readbacks,
    liveCount: () => live.size,
    liveBytes: () => [...live.values()].reduce((sum, bytes) => sum + bytes, 0),
    stop: () => device.createBuffer = createBuffer,
  };
}
