/** Protocol buffers, which ONNX files are made of. */
export { BinaryReader } from "npm:@bufbuild/protobuf@2.17.0/wire";
