import type { States } from './panels.ts';

/** The numbers of the rule `node:state:code` (prometheus/rules.yml): a smaller number is a worse state. */
export const nodeStates: States = {
  0: { text: 'down', color: 'red' },
  1: { text: 'quarantined', color: 'dark-red' },
  2: { text: 'suspect', color: 'orange' },
  3: { text: 'draining', color: 'purple' },
  4: { text: 'starting', color: 'blue' },
  5: { text: 'standby', color: 'text' },
  6: { text: 'alive', color: 'green' },
};

/** The numbers of the rule `member:verdict:code` (prometheus/rules.yml). */
export const verdictStates: States = {
  0: { text: 'healthy', color: 'green' },
  1: { text: 'crashed', color: 'red' },
  2: { text: 'hung', color: 'dark-red' },
  3: { text: 'limping', color: 'orange' },
  4: { text: 'lying', color: 'purple' },
  5: { text: 'partitioned', color: 'blue' },
  6: { text: 'overloaded', color: 'yellow' },
};
