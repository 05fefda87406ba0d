/** Control characters but for the tabulator and the newline. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** A text whose control characters are shown as `\x1b`: names of files and strings in files must not steer a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Prints a line on standard output. */
export function say(line: string): void {
  console.log(printable(line));
}

/** Prints a line on standard error. */
export function tell(line: string): void {
  console.error(printable(line));
}
