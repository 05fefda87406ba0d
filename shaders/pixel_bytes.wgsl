// Put before kernels that read u8 samples: byte `i` of the binding, whatever the alignment.

fn byteAt(i: u32) -> u32 {
  return (source[i >> 2u] >> ((i & 3u) * 8u)) & 255u;
}
