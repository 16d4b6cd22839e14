import type { Incident } from '../../../services/monitor/incident.ts';

/** A repaired crash of r-1 that began at `from`, with the times of detection, diagnosis and fix; ms. */
export const failure = (from: number, parts: [number, number, number]): Incident => ({
  id: `i-${from}`,
  node: 'r-1',
  outcome: 'repaired',
  verdict: 'crashed',
  reasons: [],
  orders: [],
  stamps: {
    manifest: from,
    detect: from + parts[0],
    diagnose: from + parts[0] + parts[1],
    fix: from + parts[0] + parts[1] + parts[2],
  },
});
