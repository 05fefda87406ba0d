/** Chance that is the same in every run: a linear congruential generator modulo 2³². */
export class Chance {
  #state: number;

  /** @param seed Any whole number. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state >>> 8) / 2 ** 24 * limit);
  }

  /** One of several. */
  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

const WORDS: readonly string[] =
  ("a the one each every no some file page line tile block band step rate size colour light shadow edge corner field river " +
    "stone garden window paper letter number column table chart stream signal filter codec picture quality texture grain " +
    "reads writes keeps moves holds turns meets carries measures divides joins follows and or with without under over " +
    "between after small large sharp plain quiet bright level even 12 48 1024 3.5").split(" ");

/**
 * Words in a row.
 *
 * @param chance Which.
 * @param length Most characters.
 * @returns At most so many characters, ending with a whole word.
 */
export function wordsWithin(chance: Chance, length: number): string {
  let text = chance.of(WORDS);
  text = text[0].toUpperCase() + text.slice(1);
  while (true) {
    const word = chance.of(WORDS), mark = chance.below(9) === 0 ? "," : "";
    if (text.length + word.length + 2 > length) return `${text}.`;
    text += `${mark} ${word}`;
  }
}
