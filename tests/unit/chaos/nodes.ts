import type { Target } from '../../../services/chaos/select.ts';

/** Six nodes: three ranking, a database shard of two, one gateway. */
export const nodes: readonly Target[] = [
  { id: 'gateway-1', group: 'gateway', components: ['gateway'] },
  { id: 'ranking-1', group: 'ranking', components: ['ranking'] },
  { id: 'ranking-2', group: 'ranking', components: ['ranking'] },
  { id: 'ranking-3', group: 'ranking', components: ['ranking'] },
  { id: 'database-1-1', group: 'database', components: ['database'], shard: 1 },
  { id: 'database-1-2', group: 'database', components: ['database'], shard: 1 },
];
