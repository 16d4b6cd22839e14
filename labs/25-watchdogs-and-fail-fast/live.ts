import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { type ReportedDiagnosis, diagnosesOf, notWell, untilWell } from '../kit/diagnoses.ts';
import { nodeOf } from '../kit/nodes.ts';
import { callNode } from '../kit/open-load.ts';
import type { LabNode, LiveContext } from '../runner/lab.ts';

const startInMs = 300;
/** Longer than the main-loop watchdog waits: 3 s of processor time. */
const hang = { kind: 'limp.cpu', params: { form: 'busy', share: 0.98, periodMs: 90_000 }, startInMs };
const watchBoundMs = 60_000;
/** Phi learns the rhythm of a process from its first heartbeats. */
const learningMs = 4_000;
const pollMs = 100;

const topology = {
  style: 'layered',
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    { name: 'server', components: ['query', 'database'], replicas: 1 },
  ],
};

export interface HangSeen {
  /** The greatest suspicion until the node was restarted. */
  readonly phi: number;
  /** From the hang to the restart, ms; undefined = nobody restarted it. */
  readonly restartedAfterMs: number | undefined;
  /** Whether a call was answered while the main loop hung. */
  readonly answered: boolean;
}

/**
 * The main loop of a node hangs, in two runs. In the first run, the main loop sends the heartbeats. In the second run,
 * a separate thread sends the heartbeats.
 */
export async function liveHangs({
  cluster,
  signal,
  progress,
}: LiveContext): Promise<Readonly<Record<'mainLoop' | 'thread', HangSeen>>> {
  const own = await cluster(topology);
  const monitor = nodeOf(own, 'monitor');
  const server = nodeOf(own, 'query');
  own.mayEnd(server.id);
  const pause = (ms: number) => sleep(systemScheduler, ms, signal);
  const seen = async (): Promise<ReportedDiagnosis> =>
    (await diagnosesOf(monitor, signal)).find(({ node }) => node === server.id)!;
  const answers = async (node: LabNode): Promise<boolean> =>
    (await callNode({ node, component: 'query', operation: 'plan', request: { q: 'river' } }, 1_000)).ok;
  const serverIsWell = () =>
    untilWell(
      async () => notWell([await seen()]) ?? ((await answers(server)) ? undefined : `${server.id} does not answer`),
      signal,
    );

  async function watch(label: string): Promise<HangSeen> {
    await serverIsWell();
    await pause(learningMs);
    const before = await own.restarts(server.id);
    const heal = await own.inject(server.id, hang);
    await pause(startInMs + 200);
    const startedAt = performance.now();
    const tookMs = () => performance.now() - startedAt;
    const call = answers(server);
    let phi = 0;
    let restartedAfterMs: number | undefined;
    while (restartedAfterMs === undefined && tookMs() < watchBoundMs) {
      if ((await own.restarts(server.id)) > before) restartedAfterMs = tookMs();
      else phi = Math.max(phi, (await seen()).phi);
      progress(label, Math.min(tookMs(), watchBoundMs), watchBoundMs);
      await pause(pollMs);
    }
    // The fault has ended with its process, so its counts cannot be read. The call that got no answer is the proof.
    await heal().catch(() => undefined);
    return { phi, restartedAfterMs, answered: await call };
  }

  const mainLoop = await watch('heartbeats from the main loop');
  await serverIsWell();
  await own.policy(server.id, { heartbeatThread: true });
  const thread = await watch('heartbeats from a thread');
  return { mainLoop, thread };
}
