import { messageOf } from "../core/error_message.ts";
import { Deno } from "../host/deno_api.ts";
import { ModelError } from "../core/mod.ts";

/** What is known of a file that was once pulled. */
export interface LockedFile {
  /** Where it came from. */
  readonly url: string;
  /** Size. */
  readonly byteLength: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Name of the lock file. */
export const LOCK_NAME = "vaerans.lock";

/**
 * `vaerans.lock`: size and SHA-256 of every pulled file. JSON, sorted, to be committed beside `vaerans.toml`.
 */
export class ModelLock {
  readonly #path: string;
  readonly #files: Map<string, LockedFile>;

  private constructor(path: string, files: Map<string, LockedFile>) {
    this.#path = path;
    this.#files = files;
  }

  /**
   * Reads a lock, or begins one.
   *
   * @param path The lock file.
   * @returns The lock.
   * @throws ModelError ("lock-damaged") When the file is there but no lock.
   */
  static async open(path: string): Promise<ModelLock> {
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new ModelLock(path, new Map());
      throw error;
    }
    try {
      const { version, files } = JSON.parse(text);
      if (version !== 1) throw new Error(`its version is ${version}, not 1`);
      return new ModelLock(path, new Map(Object.entries(files)));
    } catch (cause) {
      const reason = messageOf(cause);
      throw new ModelError(
        "lock-damaged",
        `Cannot use ${path}: it must be intact (got: ${reason}). Restore it, or remove it to trust what ` +
          "is pulled next.",
        { cause },
      );
    }
  }

  /** The file's path. */
  get path(): string {
    return this.#path;
  }

  /** What is recorded of a file, e.g. `sdxl-vae/encoder.onnx`. */
  get(name: string): LockedFile | undefined {
    return this.#files.get(name);
  }

  /**
   * Records a file seen for the first time; refuses one that differs from what is recorded.
   *
   * @param name The file.
   * @param found What it is now.
   * @throws ModelError ("lock-mismatch").
   */
  async hold(name: string, found: LockedFile): Promise<void> {
    const known = this.#files.get(name);
    if (known) {
      if (known.sha256 === found.sha256) return;
      throw new ModelError(
        "lock-mismatch",
        `Cannot accept ${name}: it must be the ${known.byteLength} bytes with SHA-256 ${known.sha256} ` +
          `that ${this.#path} records (got ${found.byteLength} bytes with ${found.sha256}). If the change ` +
          "is meant, remove its entry there and pull again.",
      );
    }
    this.#files.set(name, found);
    const sorted = Object.fromEntries([...this.#files].sort(([a], [b]) => a < b ? -1 : 1));
    const part = `${this.#path}.part`;
    await Deno.writeTextFile(part, JSON.stringify({ version: 1, files: sorted }, null, 2) + "\n");
    await Deno.rename(part, this.#path);
  }
}
