/**
 * A worker that decodes pictures, see `picture_decoder.ts`.
 *
 * @module
 */
import { notifyCaller, serveJobs } from "../concurrency/serve_jobs.ts";
import { decodeHere, type DecodeHereOptions } from "./decode_here.ts";
import type { DeepPicture, Picture } from "./picture.ts";

/** What the worker is sent. It sends a notice when it begins, which is when the time of a deadline begins. */
export interface DecodeRequest {
  /** The file. */
  readonly bytes: Uint8Array;
  /** What can be sent of the options. */
  readonly options: Omit<DecodeHereOptions, "signal">;
}

serveJobs<DecodeRequest, Picture | DeepPicture>({
  run({ bytes, options }) {
    notifyCaller("begun");
    return decodeHere(bytes, options);
  },
  transferOf: ({ data }) => [data.buffer as ArrayBuffer],
});
