import { randomBytes } from 'node:crypto';
import { sleep, systemScheduler, type Timer } from '../../shared/time/scheduler.ts';
import { diagnosesOf } from '../kit/diagnoses.ts';
import { nodeOf, nodesOf } from '../kit/nodes.ts';
import { labQuery } from '../kit/pages.ts';
import type { FaultProof, LabCluster, LabFault, LabNode, LiveContext } from '../runner/lab.ts';
import type { Played } from './played.ts';
import { hashOf, journalOf, failureKinds, secretOf, suspects, type FailureKind, type Secret } from './secret.ts';

const perSecond = 10;
const warmUpMs = 6_000;
/** The longest time for the person to answer, ms. */
const thinkingMs = 240_000;
/** The longest time for the monitor, once it hears, ms. */
const monitorBoundMs = 30_000;
const pollMs = 100;
const hitMs = 3_000;

const topology = {
  // Callers ask in turn, put each answer to the vote, and hide no slow replica.
  policy: { base: 'naive', trace: true, quorum: { when: 'always' }, verify: true },
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    { name: 'app', components: ['gateway', 'app', 'query', 'html'], replicas: 2 },
    { name: 'ranking', components: ['ranking'], replicas: 3 },
    { name: 'database', components: ['database'], replicas: 3 },
    { name: 'control', components: ['console', 'traces'], replicas: 1 },
  ],
};

const faults: Readonly<Record<FailureKind, LabFault>> = {
  crashed: { kind: 'stop.kill', params: { downMs: 300_000 } },
  limping: { kind: 'limp.latency', params: { meanMs: 400 } },
  lying: { kind: 'byz.corrupt', params: {} },
};

interface LivePlayed extends Played {
  readonly proof: FaultProof;
}

/**
 * One node breaks in secret. First the person looks for the node, while the monitor gets no evidence. Then the monitor
 * gets evidence again, and looks for the node.
 */
export async function liveGameDay({ cluster, seed, signal, say, choose }: LiveContext): Promise<LivePlayed> {
  const own = await cluster(topology);
  const monitor = nodeOf(own, 'monitor');
  const apps = nodesOf(own, 'app');
  const users = searching(own, signal);
  try {
    await sleep(systemScheduler, warmUpMs, signal);
    const secret = secretOf(seed);
    const journal = journalOf(secret, randomBytes(16).toString('hex'));
    const shownHash = hashOf(journal);
    say(`one of ${suspects.length} nodes breaks now. The hash of the journal is ${shownHash}`);
    const consolePort = nodeOf(own, 'console').doors.console;
    say(`console: http://127.0.0.1:${consolePort}   search: ${searchPage(nodeOf(own, 'gateway'), 0)}`);
    say(`metrics of the callers: ${apps.map(({ opsPort }) => `http://127.0.0.1:${opsPort}/metrics`).join('   ')}`);
    // The monitor would name the node and repair it, and nothing would be left to find.
    await own.policy(monitor.id, { evidence: false });
    own.mayEnd(secret.node);
    const heal = await own.inject(secret.node, { ...faults[secret.kind], secret: true });
    const person = await asked(choose);
    // The counts of changed calls prove that the fault took hold. A repair would end the process, and the counts would
    // be lost.
    await sleep(systemScheduler, hitMs, signal);
    const before = await proofOf(own, secret);
    say(`${person === undefined ? 'nobody answered; ' : ''}now the monitor gets evidence again`);
    const monitorSays = await named(own, signal);
    const proof = before ?? (await heal());
    return {
      secret,
      journal,
      shownHash,
      ...(person !== undefined && { person }),
      ...(monitorSays !== undefined && { monitor: monitorSays }),
      proof,
    };
  } finally {
    users.cancel();
  }
}

const searchPage = ({ doors }: LabNode, i: number): string =>
  `http://127.0.0.1:${doors.gateway}/search?q=${encodeURIComponent(labQuery(i))}`;

/** Users who search all the time, at each gateway in turn. What they get does not matter here. */
function searching(own: LabCluster, signal: AbortSignal): Timer {
  const gateways = nodesOf(own, 'gateway');
  let i = 0;
  return systemScheduler.every(1_000 / perSecond, () => {
    const url = searchPage(gateways[i % gateways.length]!, i++);
    fetch(url, { signal })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  });
}

async function asked(choose: LiveContext['choose']): Promise<Played['person']> {
  const startedAt = performance.now();
  const answers = await choose(
    [
      { label: 'Which node is it?', options: suspects },
      { label: 'What is wrong with it?', options: failureKinds },
    ],
    AbortSignal.timeout(thinkingMs),
  );
  if (answers === undefined) return undefined;
  const [node, kind] = answers as readonly [string, FailureKind];
  return { answer: { node, kind }, seconds: (performance.now() - startedAt) / 1_000 };
}

/** How many requests the fault of a living node has changed; undefined for a crash, which its watchdog counts. */
async function proofOf(own: LabCluster, { node, kind }: Secret): Promise<FaultProof | undefined> {
  if (kind === 'crashed') return undefined;
  const { active } = (await own.ask(node, '/admin/faults')) as {
    active: readonly { matched: number; applied: number }[];
  };
  const { matched = 0, applied = 0 } = active[0] ?? {};
  return { kind: faults[kind].kind, target: node, matched, applied };
}

/** The first verdict of the monitor after it hears again. */
async function named(own: LabCluster, signal: AbortSignal): Promise<Played['monitor']> {
  const monitor = nodeOf(own, 'monitor');
  await own.policy(monitor.id, { evidence: true });
  const startedAt = performance.now();
  for (;;) {
    const diagnoses = await diagnosesOf(monitor, signal);
    const seconds = (performance.now() - startedAt) / 1_000;
    const found = diagnoses.find(({ verdict }) => verdict !== 'healthy');
    if (found) return { answer: { node: found.node, kind: found.verdict as FailureKind }, seconds };
    if (1_000 * seconds > monitorBoundMs) return undefined;
    await sleep(systemScheduler, pollMs, signal);
  }
}
