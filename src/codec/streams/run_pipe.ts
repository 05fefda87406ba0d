import { PipeError } from "../../core/mod.ts";

/** Runs a pipe that is not the caller's: what it throws leaves without the path of steps. */
export async function runPipe(pipe: { run(): Promise<unknown> }): Promise<void> {
  try {
    await pipe.run();
  } catch (error) {
    throw error instanceof PipeError ? error.cause : error;
  }
}
