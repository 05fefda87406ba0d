/** Adds what reads and plans nets from ONNX files. */
import { readNetFile } from "./net_file.ts";
import { registerNetReader } from "./net_reader.ts";
import { planNet } from "./plan_net.ts";

registerNetReader({
  read: readNetFile,
  plan: ({ graph, ends }) => graph ? planNet(graph, ends) : { obstacle: "its file, which is no ONNX file" },
});
