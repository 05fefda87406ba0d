/** A piece of work that waits, and who is told of its end. */
interface Piece<T, R> {
  readonly work: T;
  readonly key: string;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Work that is alike and waits at the same time is done together. */
export class Batcher<T, R> {
  readonly #waiting: Piece<T, R>[] = [];

  /**
   * Adds a piece of work.
   *
   * @param work The piece.
   * @param key Pieces of one key are alike.
   * @param most Pieces to be done together at most.
   * @param turn Waits for its turn, calls `take` then, and does what it gives: results in the same order. That may be
   *   nothing, where an earlier turn has done it all.
   * @returns This piece's result.
   */
  add(
    work: T,
    key: string,
    most: number,
    turn: (take: () => readonly T[]) => Promise<readonly R[]>,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      const own = { work, key, resolve, reject };
      this.#waiting.push(own);
      let taken: Piece<T, R>[] = [];
      const take = () => {
        if (this.#waiting.includes(own)) taken = this.#take(own, most);
        return taken.map(({ work }) => work);
      };
      turn(take).then(
        (results) => taken.forEach(({ resolve }, i) => resolve(results[i])),
        (error) => {
          if (this.#waiting.includes(own)) this.#take(own, 1);
          own.reject(error); // means nothing where an earlier turn has done it
          for (const { reject } of taken) reject(error);
        },
      );
    });
  }

  /** Takes a piece out, with others like it in the order they came. */
  #take(own: Piece<T, R>, most: number): Piece<T, R>[] {
    const others = this.#waiting.filter((piece) => piece !== own && piece.key === own.key);
    const taken = [own, ...others.slice(0, most - 1)];
    for (const piece of taken) this.#waiting.splice(this.#waiting.indexOf(piece), 1);
    return taken;
  }
}
