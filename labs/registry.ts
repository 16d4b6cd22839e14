import type { Lab } from './runner/lab.ts';
import { multitierSearch } from './05-multitier-search/lab.ts';
import { serverAsClient } from './06-server-as-client/lab.ts';
import { utilisation } from './10-utilisation/lab.ts';
import { tailLatency } from './08-tail-latency/lab.ts';
import { redundancy } from './20-redundancy/lab.ts';

const all = {
  redundancy,
  tailLatency,
  multitierSearch,
  serverAsClient,
  utilisation,
};

/** All labs, in the order of their numbers. */
export const labs: readonly Lab[] = Object.values(all).toSorted((a, b) => a.id.localeCompare(b.id));
