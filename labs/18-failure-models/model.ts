import type { MonitorSwitches } from '../../services/monitor/monitor.ts';
import { resolvePolicy } from '../../shared/rpc/policy.ts';
import { createSimulatedCluster } from '../kit/simulated-cluster.ts';
import { startTraffic } from '../kit/simulated-traffic.ts';
import type { Variant } from '../runner/lab.ts';
import { type Detector, detectorNames, callersPolicy, detectors, type MatrixFault } from './matrix.ts';

const groups = [
  { name: 'monitor', components: ['monitor'], replicas: detectorNames.length },
  { name: 'ranking', components: ['ranking'], replicas: 3 },
  { name: 'app', components: ['app'], replicas: 2 },
];
const callers = ['app-1', 'app-2'];
const ratePerSecond = 10;
const brokenAt = 6_000;
/** Long enough for every diagnosis: a limp takes longest. */
const watchMs: Readonly<Record<MatrixFault, number>> = { stop: 4_000, limp: 8_000, lie: 4_000 };

/** The name of the monitor that plays this detector. */
const monitorOf = (detector: Detector): string => `monitor-${detectorNames.indexOf(detector) + 1}`;

/** Real monitors, heartbeats and middleware in virtual time. One replica breaks; what do the three monitors call it? */
export async function simulatedVerdicts(
  fault: MatrixFault,
  { seed, limpMs, variant }: { seed: string; limpMs: number; variant: Variant },
): Promise<{ readonly verdicts: Readonly<Record<Detector, string>>; readonly log: readonly string[] }> {
  const switchesOf = (monitor: string): MonitorSwitches => {
    const detector = detectorNames.find((name) => monitorOf(name) === monitor)!;
    // Broken: the monitors hear nothing at all.
    const { evidence } = resolvePolicy({ evidence: variant === 'broken' ? false : detectors[detector] });
    return { evidence: () => evidence, fixedDetector: () => false };
  };
  const cluster = createSimulatedCluster(`${seed}/${fault}`, groups, { switches: switchesOf });
  const traffic = startTraffic(cluster, { callers, component: 'ranking', ratePerSecond, policy: callersPolicy });
  await cluster.sim.run(brokenAt);
  // Control: all replicas limp, or lie, in the same way.
  const victims = variant === 'control' ? ['ranking-1', 'ranking-2', 'ranking-3'] : ['ranking-2'];
  if (fault === 'stop') {
    cluster.kill('ranking-2', { held: true });
    traffic.hosts.kill('ranking-2');
  }
  for (const victim of victims) {
    if (fault === 'limp') traffic.limp(victim, limpMs);
    if (fault === 'lie') traffic.lie(victim);
  }
  await cluster.sim.run(brokenAt + watchMs[fault]);
  const about = (monitor: string) =>
    cluster.verdicts.find((it) => it.monitor === monitor && it.node === 'ranking-2' && it.at >= brokenAt)?.verdict;
  const verdicts = Object.fromEntries(
    detectorNames.map((detector) => [detector, about(monitorOf(detector)) ?? 'healthy']),
  ) as Record<Detector, string>;
  return { verdicts, log: cluster.log.filter((line) => line.includes('ranking-2')) };
}
