/** A map of at most `capacity` keys; the oldest key is removed first. */
export function boundedMap<V>(capacity: number) {
  const entries = new Map<string, V>();
  return {
    get: (key: string): V | undefined => entries.get(key),
    set(key: string, value: V): void {
      if (!entries.has(key) && entries.size >= capacity) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      entries.set(key, value);
    },
    get size(): number {
      return entries.size;
    },
  };
}
