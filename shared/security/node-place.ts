/** What a decision about keys needs to know of a node: its name, and what it hosts. */
export interface NodePlace {
  readonly id: string;
  readonly components: readonly string[];
}
