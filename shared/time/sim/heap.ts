/**
 * A queue of events ordered by time, and by arrival where times are equal, so that a run never depends on chance. A
 * 4-ary heap in typed arrays: no object per event, half the depth of a binary heap, and the keys of four children side
 * by side.
 * The npm package flatqueue neither keeps the order of equal times nor removes an event.
 *
 *   slot      identifies an event from `push` until it is popped or removed
 *   times[i], orders[i], slots[i]   key and slot at place i of the heap
 *   place[slot]                     its place in the heap (-1: none), so removal needs no search
 */
export interface EventHeap {
  readonly size: number;
  /** The time of the next event; Infinity when there is none. */
  nextTime(): number;
  push(time: number): number;
  /** The slot of the next event, -1 when there is none. The slot is free again afterwards. */
  pop(): number;
  /** False when the event is no longer there. */
  remove(slot: number): boolean;
}

export function createEventHeap(initialCapacity = 1_024): EventHeap {
  let capacity = initialCapacity;
  let times = new Float64Array(capacity);
  let orders = new Float64Array(capacity);
  let slots = new Int32Array(capacity);
  let place = new Int32Array(capacity).fill(-1);
  let free = new Int32Array(capacity);
  let freeCount = 0;
  let slotCount = 0;
  let size = 0;
  let nextOrder = 0;

  function grow(): void {
    capacity *= 2;
    times = copy(times, new Float64Array(capacity));
    orders = copy(orders, new Float64Array(capacity));
    slots = copy(slots, new Int32Array(capacity));
    place = copy(place, new Int32Array(capacity).fill(-1));
    free = copy(free, new Int32Array(capacity));
  }

  function put(i: number, time: number, order: number, slot: number): void {
    times[i] = time;
    orders[i] = order;
    slots[i] = slot;
    place[slot] = i;
  }

  function up(from: number, time: number, order: number, slot: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      const other = times[parent]!;
      if (other < time || (other === time && orders[parent]! < order)) break;
      put(i, other, orders[parent]!, slots[parent]!);
      i = parent;
    }
    put(i, time, order, slot);
  }

  function down(from: number, time: number, order: number, slot: number): void {
    let i = from;
    for (;;) {
      const first = i * 4 + 1;
      if (first >= size) break;
      const last = Math.min(first + 4, size);
      let least = first;
      let leastTime = times[first]!;
      for (let child = first + 1; child < last; child++) {
        const childTime = times[child]!;
        if (childTime < leastTime || (childTime === leastTime && orders[child]! < orders[least]!)) {
          least = child;
          leastTime = childTime;
        }
      }
      if (time < leastTime || (time === leastTime && order < orders[least]!)) break;
      put(i, leastTime, orders[least]!, slots[least]!);
      i = least;
    }
    put(i, time, order, slot);
  }

  function takeOut(i: number): void {
    const slot = slots[i]!;
    place[slot] = -1;
    free[freeCount++] = slot;
    size--;
    if (i === size) return;
    const [time, order, moved] = [times[size]!, orders[size]!, slots[size]!];
    down(i, time, order, moved);
    if (place[moved] === i) up(i, time, order, moved);
  }

  return {
    get size() {
      return size;
    },
    nextTime: () => (size === 0 ? Infinity : times[0]!),
    push(time) {
      if (freeCount === 0 && slotCount === capacity) grow();
      const slot = freeCount > 0 ? free[--freeCount]! : slotCount++;
      size++;
      up(size - 1, time, nextOrder++, slot);
      return slot;
    },
    pop() {
      if (size === 0) return -1;
      const slot = slots[0]!;
      takeOut(0);
      return slot;
    },
    remove(slot) {
      const i = place[slot] ?? -1;
      if (i < 0) return false;
      takeOut(i);
      return true;
    },
  };
}

function copy<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
