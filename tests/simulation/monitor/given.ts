import { nothing, type Sighting } from '../../../shared/membership/sightings.ts';
import type { Ward } from './ward.ts';

/** Seven nodes: two monitors, three that are called, two that call. */
export const small = [
  { name: 'monitor', components: ['monitor'], replicas: 2 },
  { name: 'ranking', components: ['ranking'], replicas: 3 },
  { name: 'app', components: ['app'], replicas: 2 },
];

export const stateOf = (ward: Ward, node: string, at = 'app-1') =>
  ward.viewOf(at)?.members.find((member) => member.node === node)?.state;

export const seen = (node: string, more: Partial<Sighting>): Sighting => ({
  node,
  group: 'ranking',
  ...nothing,
  ok: 10,
  medianMs: 2,
  ...more,
});

/** Both callers report with every beat until `untilMs`. */
export async function reporting(ward: Ward, untilMs: number, sightings: readonly Sighting[]): Promise<void> {
  while (ward.sim.clock.now() < untilMs) {
    for (const caller of ['app-1', 'app-2']) ward.sees(caller, ...sightings);
    await ward.sim.run(ward.sim.clock.now() + 500);
  }
}
