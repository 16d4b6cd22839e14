/** The name of a node and its components: enough to decide which keys it gets. */
export interface NodePlace {
  readonly id: string;
  readonly components: readonly string[];
}
