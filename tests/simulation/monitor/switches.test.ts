import { expect, test } from 'vitest';
import type { MonitorSwitches } from '../../../services/monitor/monitor.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { reporting, seen, small } from './scenario.ts';
import { createSimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';

const slow = seen('ranking-2', { medianMs: 400, fastestMs: 380 });
const quick = [seen('ranking-1', { fastestMs: 1 }), seen('ranking-3', { fastestMs: 1 })];
const lie = seen('ranking-2', { lostVotes: 2 });

/** A cluster whose monitors follow `policy`, as those of live nodes do. */
function clusterWith(policy: object) {
  const { current } = createPolicyHolder(policy);
  const switches: MonitorSwitches = {
    evidence: () => current.evidence,
    fixedDetector: () => current.fixedDetector,
  };
  return createSimulatedCluster(1, small, { switches: () => switches });
}

/** The verdicts about ranking-2 after a stop, a limp or a lie. */
async function verdictsAfter(fault: 'stop' | 'limp' | 'lie', evidence: object | boolean): Promise<readonly string[]> {
  const cluster = clusterWith({ evidence });
  await reporting(cluster, 10_000, [seen('ranking-2', { fastestMs: 1 }), ...quick]);
  if (fault === 'stop') cluster.kill('ranking-2', { held: true });
  const reports = { stop: quick, limp: [slow, ...quick], lie: [lie, ...quick] }[fault];
  await reporting(cluster, 20_000, reports);
  return [...new Set(cluster.verdicts.filter(({ node }) => node === 'ranking-2').map(({ verdict }) => verdict))];
}

test.each([
  ['stop', true, ['crashed']],
  ['limp', true, ['limping']],
  ['lie', true, ['lying']],
  ['stop', { heartbeats: false, calls: false, probes: false, monitors: false }, []],
  ['stop', { calls: false, votes: false }, ['crashed']],
  ['limp', { calls: false }, []],
  ['limp', { votes: false }, ['limping']],
  ['lie', { votes: false }, []],
  ['lie', { calls: false, heartbeats: false }, ['lying']],
  ['stop', false, []],
  ['limp', false, []],
  ['lie', false, []],
] as const)('a %s, with the sources %j: %j', async (fault, evidence, verdicts) => {
  expect(await verdictsAfter(fault, evidence)).toEqual(verdicts);
});

test('a fixed detector counts what it calls dead, beside phi, and forgets it when it is switched off', async () => {
  const cluster = clusterWith({ fixedDetector: { deadAfterMs: 1_750 } });
  await cluster.sim.run(10_000);
  const { fixedDetector, diagnoser } = cluster.monitors.get('monitor-1')!;
  expect(fixedDetector.report('ranking-2')).toEqual({ dead: false, deaths: 0 });
  cluster.kill('ranking-2', { held: true });
  await cluster.sim.run(12_500);
  const report = fixedDetector.report('ranking-2')!;
  expect(report).toMatchObject({ dead: true, deaths: 1 });
  // Silent since the last heartbeat before 10 s; looked at every 125 ms.
  expect(report.deadAt! - cluster.sim.clock.wall() + 12_500).toBeGreaterThan(11_250);
  expect(report.deadAt! - cluster.sim.clock.wall() + 12_500).toBeLessThan(11_900);
  expect(fixedDetector.report('ranking-1')).toEqual({ dead: false, deaths: 0 });
  // It decides nothing: the verdict is the monitor's own.
  expect(diagnoser.assessment('ranking-2').standing.verdict).toBe('crashed');
  cluster.release('ranking-2');
  await cluster.sim.run(20_000);
  expect(fixedDetector.report('ranking-2')).toMatchObject({ dead: false, deaths: 1 });
  expect(clusterWith({}).monitors.get('monitor-1')!.fixedDetector.report('ranking-2')).toBeUndefined();
});
