type NumberArray = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** A typed array that doubles its size when it is full. */
export interface Growable<A extends NumberArray> {
  readonly push: (value: number) => void;
  readonly at: (index: number) => number;
  readonly length: () => number;
  /** The values so far. Later pushes may or may not appear in the returned array. */
  readonly values: () => A;
}

export function growable<A extends NumberArray>(type: new (length: number) => A): Growable<A> {
  let array = new type(1024);
  let length = 0;
  return {
    push(value) {
      if (length === array.length) {
        const larger = new type(length * 2);
        larger.set(array);
        array = larger;
      }
      array[length++] = value;
    },
    at: (index) => array[index]!,
    length: () => length,
    values: () => array.subarray(0, length) as A,
  };
}
