/** The occurrences of one page, brought together by term. Its arrays are used again for every page. */
export interface Grouping {
  readonly begin: () => void;
  /** Occurrences must come field by field, positions ascending within each. */
  readonly add: (term: number, field: 0 | 1 | 2, position: number) => void;
  /** Distinct terms of the page. */
  readonly size: () => number;
  readonly term: (slot: number) => number;
  /** How often the slot's term stands in `field`. */
  readonly count: (slot: number, field: 0 | 1 | 2) => number;
  /** Writes the slot's positions: per field, differences, LEB128. */
  readonly writePositions: (slot: number, writeByte: (byte: number) => void) => void;
}

export function createGrouping(): Grouping {
  let page = 0;
  // By term: the page that it was last seen on, and its slot there.
  let seenOn = new Uint32Array(1024);
  let slotOf = new Uint32Array(1024);
  // By slot.
  const terms: number[] = [];
  const first: number[] = [];
  const last: number[] = [];
  const counts: number[] = [];
  // By occurrence: a chain per slot.
  const positions: number[] = [];
  const occurrenceFields: number[] = [];
  const next: number[] = [];
  let size = 0;
  let occurrences = 0;

  function makeRoom(term: number): void {
    const length = Math.max(term + 1, seenOn.length * 2);
    const [oldSeen, oldSlots] = [seenOn, slotOf];
    seenOn = new Uint32Array(length);
    slotOf = new Uint32Array(length);
    seenOn.set(oldSeen);
    slotOf.set(oldSlots);
  }

  return {
    begin() {
      page++;
      size = 0;
      occurrences = 0;
    },
    add(term, field, position) {
      if (term >= seenOn.length) makeRoom(term);
      const occurrence = occurrences++;
      positions[occurrence] = position;
      occurrenceFields[occurrence] = field;
      next[occurrence] = -1;
      if (seenOn[term] === page) {
        const slot = slotOf[term]!;
        next[last[slot]!] = occurrence;
        last[slot] = occurrence;
        counts[slot * 3 + field]!++;
        return;
      }
      seenOn[term] = page;
      const slot = size++;
      slotOf[term] = slot;
      terms[slot] = term;
      first[slot] = last[slot] = occurrence;
      counts[slot * 3] = counts[slot * 3 + 1] = counts[slot * 3 + 2] = 0;
      counts[slot * 3 + field] = 1;
    },
    size: () => size,
    term: (slot) => terms[slot]!,
    count: (slot, field) => counts[slot * 3 + field]!,
    writePositions(slot, writeByte) {
      let field = -1;
      let before = 0;
      for (let at = first[slot]!; at !== -1; at = next[at]!) {
        if (occurrenceFields[at] !== field) before = 0;
        field = occurrenceFields[at]!;
        let difference = positions[at]! - before;
        before = positions[at]!;
        while (difference > 127) {
          writeByte((difference & 127) | 128);
          difference >>>= 7;
        }
        writeByte(difference);
      }
    },
  };
}
