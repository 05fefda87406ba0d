import { PipeError } from "../core/mod.ts";

/** Runs a pipe that is not the caller's: what it throws leaves without the path of steps. */
export async function unwrapped<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof PipeError ? error.cause : error;
  }
}
