/**
 * The promise that a map keeps under a key, made when it is first asked for. One that fails is forgotten: the next call tries again.
 *
 * @param map Where it is kept.
 * @param key Under what.
 * @param make Makes it.
 * @returns The promise.
 */
export function kept<K, V>(map: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  let value = map.get(key);
  if (!value) {
    value = make();
    map.set(key, value);
    value.catch(() => map.delete(key));
  }
  return value;
}
