import type { Endpoint } from './call.ts';

/** Answers "who can serve this?" from the topology (who should) and the view (who can): shared/cluster/directory.ts. */
export interface Directory {
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  /** One certain node, whatever its state; undefined when the topology has none of this id. */
  readonly node: (id: string) => Endpoint | undefined;
}
