/** A program that stays alive and answers one line of JSON per picture pair. */
export class PairProcess {
  readonly #label: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;
  readonly #complaints: Promise<string>;

  /**
   * Starts the program.
   *
   * @param label The metric's name, for messages.
   * @param command Program and arguments.
   * @throws Error When it cannot be started.
   */
  constructor(label: string, [program, ...args]: readonly [program: string, ...args: string[]]) {
    this.#label = label;
    this.#child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
    this.#complaints = new Response(this.#child.stderr).text();
  }

  /**
   * Asks about one pair. The caller waits for the answer before it asks again.
   *
   * @param files Paths without tabs and line breaks.
   * @returns The answer.
   * @throws Error When the program ended, answered with an `error`, or answered anything but a JSON object.
   */
  async ask(files: readonly [source: string, decoded: string]): Promise<Readonly<Record<string, unknown>>> {
    // A program that ended does not read; the missing answer tells so.
    await this.#writer.write(new TextEncoder().encode(files.join("\t") + "\n")).catch(() => {});
    const { value: line, done } = await this.#lines.next();
    if (done) {
      const reason = (await this.#complaints).trim().split("\n").at(-1) || "no message";
      throw new Error(
        `Cannot measure ${this.#label}: its program must answer (got its end: ${reason}). Check its ` +
          "installation.",
      );
    }
    const answer = parseObject(line);
    if (!answer || "error" in answer) {
      const reason = String(answer?.error ?? line).slice(0, 200);
      throw new Error(
        `Cannot measure ${this.#label}: its program must answer one JSON object (got ${reason})`,
      );
    }
    return answer;
  }

  /** Ends the input, and waits for the program to end. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#lines.return(undefined);
    await this.#complaints;
    await this.#child.status;
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
