/** Groups the occurrences of one page by term. Each distinct term has a slot. The arrays are reused for every page. */
export interface Grouping {
  readonly begin: () => void;
  /** Add occurrences field by field, with ascending positions in each field. */
  readonly add: (term: number, field: 0 | 1 | 2, position: number) => void;
  /**
   * Notes that a name with this code holds the term. The least code counts (search/names.ts). The term need not have
   * occurrences.
   */
  readonly addName: (term: number, code: number) => void;
  /** How many distinct terms the page has. */
  readonly size: () => number;
  readonly term: (slot: number) => number;
  /** The least code of a name that holds the slot's term; 0 when no name does. */
  readonly name: (slot: number) => number;
  /** How often the slot's term occurs in `field`. */
  readonly count: (slot: number, field: 0 | 1 | 2) => number;
  /**
   * Writes the slot's positions, field by field, as LEB128 differences. If a name holds the term, the number of title
   * positions comes first.
   */
  readonly writePositions: (slot: number, writeByte: (byte: number) => void) => void;
}

export function createGrouping(): Grouping {
  let page = 0;
  // Indexed by term: the last page with the term, and the slot of the term in that page.
  let seenOn = new Uint32Array(1024);
  let slotOf = new Uint32Array(1024);
  // Indexed by slot.
  const terms: number[] = [];
  const first: number[] = [];
  const last: number[] = [];
  const counts: number[] = [];
  const names: number[] = [];
  // Indexed by occurrence. Each slot has a linked list of occurrences.
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

  /** The slot of the term. For a new term of the page, an empty slot. */
  function slotFor(term: number): number {
    if (term >= seenOn.length) makeRoom(term);
    if (seenOn[term] === page) return slotOf[term]!;
    seenOn[term] = page;
    const slot = size++;
    slotOf[term] = slot;
    terms[slot] = term;
    first[slot] = last[slot] = -1;
    counts[slot * 3] = counts[slot * 3 + 1] = counts[slot * 3 + 2] = names[slot] = 0;
    return slot;
  }

  return {
    begin() {
      page++;
      size = 0;
      occurrences = 0;
    },
    add(term, field, position) {
      const slot = slotFor(term);
      const occurrence = occurrences++;
      positions[occurrence] = position;
      occurrenceFields[occurrence] = field;
      next[occurrence] = -1;
      if (first[slot] === -1) first[slot] = occurrence;
      else next[last[slot]!] = occurrence;
      last[slot] = occurrence;
      counts[slot * 3 + field]!++;
    },
    addName(term, code) {
      const slot = slotFor(term);
      if (names[slot] === 0 || code < names[slot]!) names[slot] = code;
    },
    name: (slot) => names[slot]!,
    size: () => size,
    term: (slot) => terms[slot]!,
    count: (slot, field) => counts[slot * 3 + field]!,
    writePositions(slot, writeByte) {
      if (names[slot]! > 0) writeNumber(counts[slot * 3]!, writeByte);
      let field = -1;
      let before = 0;
      for (let at = first[slot]!; at !== -1; at = next[at]!) {
        if (occurrenceFields[at] !== field) before = 0;
        field = occurrenceFields[at]!;
        writeNumber(positions[at]! - before, writeByte);
        before = positions[at]!;
      }
    },
  };
}

/** Writes `number` as LEB128. */
function writeNumber(number: number, writeByte: (byte: number) => void): void {
  let left = number;
  for (; left > 127; left >>>= 7) writeByte((left & 127) | 128);
  writeByte(left);
}
