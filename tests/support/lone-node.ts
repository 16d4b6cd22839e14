import { emptyKeyring } from '../../shared/security/keyring.ts';
import type { Environment } from '../../shared/cluster/component.ts';

/** What a component is given of its surroundings where it is alone: no other node, no ops network, no files, nothing ever late. */
export const loneNode = {
  datasetDir: '',
  stateDir: undefined,
  clusterStartedAt: '',
  lag: { lagMs: () => 0, lostMs: () => 0 },
  ops: { control: () => Promise.reject(new Error('there is no ops network here')), token: undefined },
  heartbeatKeys: emptyKeyring,
  toNode: () => {
    throw new Error('there is one node here');
  },
  view: () => undefined,
} satisfies Partial<Environment>;
