/** `Promise.withResolvers`, which Node has from version 22 on. */
export function withResolvers<T>(): PromiseWithResolvers<T> {
  type Both = Omit<PromiseWithResolvers<T>, "promise">;
  let both!: Both;
  const promise = new Promise<T>((resolve, reject) => both = { resolve, reject });
  return { promise, ...both };
}
