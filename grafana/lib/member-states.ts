import type { States } from './panels.ts';

/** The numbers of the rule `node:state:code` (prometheus/rules.yml): the worse, the smaller. */
export const memberStates: States = {
  0: { text: 'down', color: 'red' },
  1: { text: 'quarantined', color: 'dark-red' },
  2: { text: 'suspect', color: 'orange' },
  3: { text: 'draining', color: 'purple' },
  4: { text: 'starting', color: 'blue' },
  5: { text: 'standby', color: 'text' },
  6: { text: 'alive', color: 'green' },
};
