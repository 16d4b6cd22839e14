import { resolvePolicy } from '../../shared/rpc/policy.ts';
import { createSimulatedCluster } from '../kit/simulated-cluster.ts';
import { startTraffic } from '../kit/simulated-traffic.ts';
import type { Variant } from '../runner/lab.ts';
import type { Played } from './played.ts';
import { hashOf, journalOf, failureKinds, secretOf, suspects, type FailureKind, type Secret } from './secret.ts';

const groups = [
  { name: 'monitor', components: ['monitor'], replicas: 1 },
  { name: 'app', components: ['app'], replicas: 2 },
  { name: 'ranking', components: ['ranking'], replicas: 3 },
  { name: 'query', components: ['query'], replicas: 2 },
  { name: 'database', components: ['database'], replicas: 3 },
];
const edges = [
  { callers: ['app-1', 'app-2'], component: 'ranking' },
  { callers: ['query-1', 'query-2'], component: 'database' },
];
const ratePerSecond = 8;
const brokenAt = 6_000;
/** A limp takes longest. */
const watchedMs = 9_000;
const limpMs = 400;
const voted = { 'ranking.search': {}, 'database.search': {} };
const callersPolicy = { base: 'naive', quorum: { when: 'always', operations: voted }, verify: true } as const;

interface VirtuallyPlayed extends Played {
  /** What the monitor said, line by line. */
  readonly log: readonly string[];
}

/**
 * One game day in virtual time, with the monitor, heartbeats and layers of the system. Nobody but the monitor plays.
 */
export async function playVirtually(seed: string, variant: Variant): Promise<VirtuallyPlayed> {
  const secret = secretOf(seed);
  const shownHash = hashOf(journalOf(secret, seed));
  // Broken: the monitor hears nothing.
  const { evidence } = resolvePolicy({ evidence: variant !== 'broken' });
  const cluster = createSimulatedCluster(seed, groups, {
    switches: () => ({ evidence: () => evidence, fixedDetector: () => false }),
  });
  const traffic = edges.map((edge) => startTraffic(cluster, { ...edge, ratePerSecond, policy: callersPolicy }));
  await cluster.sim.run(brokenAt);
  const own = traffic[edges.findIndex(({ component }) => secret.node.startsWith(component))]!;
  if (secret.kind === 'crashed') {
    cluster.kill(secret.node, { held: true });
    own.hosts.kill(secret.node);
  }
  if (secret.kind === 'limping') own.limp(secret.node, limpMs);
  if (secret.kind === 'lying') own.lie(secret.node);
  const first = () => cluster.verdicts.find(({ at, verdict }) => at >= brokenAt && verdict !== 'healthy');
  while (first() === undefined && cluster.sim.clock.now() < brokenAt + watchedMs)
    await cluster.sim.run(cluster.sim.clock.now() + 250);
  const found = first();
  // Control: somebody edits the journal after the start.
  const told = variant === 'control' ? edited(secret) : secret;
  return {
    secret: told,
    journal: journalOf(told, seed),
    shownHash,
    ...(found && {
      monitor: {
        answer: { node: found.node, kind: found.verdict as FailureKind },
        seconds: (found.at - brokenAt) / 1_000,
      },
    }),
    log: cluster.log.filter((line) => line.includes(secret.node)),
  };
}

const edited = ({ node, kind }: Secret): Secret => ({
  node: suspects[(suspects.findIndex((one) => one === node) + 1) % suspects.length]!,
  kind: failureKinds[(failureKinds.indexOf(kind) + 1) % failureKinds.length]!,
});
