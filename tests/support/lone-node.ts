import { createPolicyHolder } from '../../shared/rpc/policy.ts';
import { emptyKeyring } from '../../shared/security/keyring.ts';
import type { Environment } from '../../shared/cluster/component.ts';

/** The surroundings of a component that runs alone: no other node, no ops network, no files, and no delays. */
export const loneNode = {
  datasetDir: '',
  stateDir: undefined,
  clusterStartedAt: '',
  policy: createPolicyHolder('resilient'),
  lag: { lagMs: () => 0, lostMs: () => 0 },
  ops: { control: () => Promise.reject(new Error('there is no ops network here')), token: undefined },
  heartbeatKeys: emptyKeyring,
  toNode: () => {
    throw new Error('there is one node here');
  },
  view: () => undefined,
} satisfies Partial<Environment>;
