import { Deno } from "../host/deno_api.ts";
import { printable } from "./say.ts";

/** Where progress is shown. */
export interface ProgressScreen {
  /** Whether lines can be drawn over. */
  readonly isTerminal: boolean;
  /** Whether to use colour. */
  readonly hasColour: boolean;
  /** Characters in a line. */
  columns(): number;
  /** Writes text. */
  write(text: string): void;
}

/** What is being done. */
export interface ProgressOptions {
  /** One word. */
  readonly title: string;
  /** How much there is to do, in units of {@linkcode Progress.advance}; may be 0. */
  readonly total: number;
  /** Writes an amount, e.g. as `12` or `3.4 MB`; whole numbers by default. */
  readonly format?: (amount: number) => string;
  /** Name of the unit in rates, e.g. `pictures`. */
  readonly unit: string;
  /** Show nothing at all but {@linkcode Progress.warn}'s lines. */
  readonly quiet: boolean;
  /** A bar appears only after so long; 0 by default. */
  readonly shownAfterMilliseconds?: number;
  /** Standard error by default. */
  readonly screen?: ProgressScreen;
}

const REDRAW_MILLISECONDS = 100;
const TICK_MILLISECONDS = 500;
/** Rates over less than this are noise. */
const MIN_RATE_MILLISECONDS = 300;
/** Where there is no rate yet, the time is told from here on. */
const MIN_ELAPSED_MILLISECONDS = 1000;

/**
 * Progress on standard error: one bar with rate and remaining time on a terminal, a line an item otherwise.
 *
 * `NO_COLOR` (see https://no-color.org) keeps the bar and drops its colour.
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #screen: ProgressScreen;
  readonly #began = performance.now();
  readonly #format: (amount: number) => string;
  #done = 0;
  #skipped = 0;
  #drawnAt = -Infinity;
  #visible = false;
  #ticker: ReturnType<typeof setInterval> | undefined;

  /**
   * Begins.
   *
   * @param options What is being done.
   */
  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#screen = options.screen ?? standardError();
    this.#format = options.format ?? String;
    if (this.#drawsBar) {
      this.#draw();
      this.#ticker = setInterval(() => this.#draw(), TICK_MILLISECONDS);
    }
  }

  /**
   * Something is done.
   *
   * @param amount How much of the total.
   * @param line What it was, for where there is no bar.
   */
  advance(amount: number, line?: string): void {
    this.#done += amount;
    if (this.#drawsBar) {
      if (performance.now() - this.#drawnAt >= REDRAW_MILLISECONDS) this.#draw();
    } else if (!this.#options.quiet && line !== undefined) {
      const { total } = this.#options;
      this.#screen.write(`${this.#format(this.#done)}/${this.#format(total)} ${printable(line)}\n`);
    }
  }

  /** Something needed not be done: it counts, but tells nothing of the rate. */
  skip(amount: number): void {
    this.#done += amount;
    this.#skipped += amount;
    if (this.#drawsBar && performance.now() - this.#drawnAt >= REDRAW_MILLISECONDS) this.#draw();
  }

  /** A line that stays, `--quiet` or not. */
  warn(line: string): void {
    this.#erase();
    const { hasColour } = this.#screen, text = printable(line);
    this.#screen.write(`${hasColour ? `${RED}${text}${PLAIN}` : text}\n`);
    if (this.#drawsBar) this.#draw();
  }

  /** A line that stays, without colour. */
  note(line: string): void {
    this.#erase();
    this.#screen.write(`${printable(line)}\n`);
    if (this.#drawsBar) this.#draw();
  }

  /** Ends: the bar goes. */
  finish(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#erase();
  }

  get #drawsBar(): boolean {
    return this.#screen.isTerminal && !this.#options.quiet;
  }

  #draw(): void {
    const { title, total, unit, shownAfterMilliseconds = 0 } = this.#options;
    const elapsed = performance.now() - this.#began;
    if (elapsed < shownAfterMilliseconds) return;
    this.#drawnAt = performance.now();
    this.#visible = true;
    const rate = 1000 * (this.#done - this.#skipped) / elapsed;
    const known = rate > 0 && elapsed >= MIN_RATE_MILLISECONDS;
    const tail = ` ${this.#format(this.#done)}/${this.#format(total)}` +
      (known
        ? ` · ${rateText(rate, unit, this.#options.format)} · ${duration((total - this.#done) / rate)} left`
        : elapsed >= MIN_ELAPSED_MILLISECONDS
        ? ` · ${duration(Math.floor(elapsed / 1000))} so far`
        : "");
    const width = Math.min(30, this.#screen.columns() - title.length - tail.length - 4);
    const filled = total > 0 ? Math.max(0, Math.min(width, Math.round(width * this.#done / total))) : width;
    const full = "━".repeat(Math.max(0, filled)), empty = "╌".repeat(Math.max(0, width - filled));
    const bar = this.#screen.hasColour ? `${GREEN}${full}${DIM}${empty}${PLAIN}` : full + empty;
    const text = width >= 5 ? `${title} ${bar}${tail}` : (title + tail).slice(0, this.#screen.columns() - 1);
    this.#screen.write(`\r${text}${CLEAR_TO_END}`);
  }

  #erase(): void {
    if (this.#visible) this.#screen.write(`\r${CLEAR_TO_END}`);
    this.#visible = false;
  }
}

const CLEAR_TO_END = "\x1b[K", GREEN = "\x1b[32m", RED = "\x1b[31m", DIM = "\x1b[2m", PLAIN = "\x1b[0m";

function rateText(rate: number, unit: string, format?: (amount: number) => string): string {
  if (format) return `${format(rate)}/s`;
  return rate >= 1 ? `${rate.toFixed(1)} ${unit}/s` : `${(1 / rate).toFixed(1)} s each`;
}

/** Seconds as people say them: `8 s`, `3:05`, `2:03:10`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(Math.max(0, seconds));
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Bytes with three significant digits: `812 B`, `3.40 MB`. */
export function byteText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0, value = bytes;
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return unit === 0 ? `${Math.round(value)} B` : `${value.toPrecision(3)} ${units[unit]}`;
}

const USUAL_COLUMNS = 80;

function standardError(): ProgressScreen {
  const isTerminal = Deno.stderr.isTerminal();
  return {
    isTerminal,
    hasColour: isTerminal && !Deno.noColor,
    columns: () => {
      try {
        return Deno.consoleSize().columns || USUAL_COLUMNS; // some pseudo terminals say 0
      } catch {
        return USUAL_COLUMNS;
      }
    },
    write: (text) => {
      for (let bytes = new TextEncoder().encode(text); bytes.length > 0;) {
        bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
      }
    },
  };
}
