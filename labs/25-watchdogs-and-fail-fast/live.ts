import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { ask } from '../kit/open-load.ts';
import { LabUnknownError } from '../runner/errors.ts';
import type { LabNode, LiveContext } from '../runner/lab.ts';

/** Longer than the main-loop watchdog waits: 3 s of processor time. */
const hang = { kind: 'limp.cpu', params: { form: 'busy', share: 0.98, periodMs: 90_000 }, startInMs: 300 };
const watchBoundMs = 60_000;
const wellBoundMs = 30_000;
const pollMs = 100;

const topology = {
  name: 'lab-25',
  style: 'layered',
  policy: 'naive',
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    { name: 'server', components: ['query', 'database'], replicas: 1 },
  ],
};

interface Diagnosis {
  readonly node: string;
  readonly verdict: string;
  readonly suspected: boolean;
  readonly phi: number;
}

export interface HangSeen {
  /** The greatest suspicion until the node was restarted. */
  readonly phi: number;
  /** From the hang to the restart, ms; undefined = nobody restarted it. */
  readonly restartedAfterMs: number | undefined;
  /** Whether a call was answered while the main loop hung. */
  readonly answered: boolean;
}

/** The main loop of a node hangs: once the main loop itself sends its heartbeats, and once a thread of its own does. */
export async function liveHangs({
  cluster,
  signal,
  progress,
}: LiveContext): Promise<Readonly<Record<'mainLoop' | 'thread', HangSeen>>> {
  const own = await cluster(topology);
  const monitor = own.nodes.find(({ components }) => components.includes('monitor'))!;
  const server = own.nodes.find(({ components }) => components.includes('query'))!;
  own.mayEnd(server.id);
  const pause = () => sleep(systemScheduler, pollMs, signal);
  const seen = async (): Promise<Diagnosis> => {
    const response = await fetch(`http://127.0.0.1:${monitor.publicPort}/api/diagnoses`, { signal });
    const { nodes } = (await response.json()) as { nodes: readonly Diagnosis[] };
    return nodes.find(({ node }) => node === server.id)!;
  };
  const answers = async ({ port }: LabNode): Promise<boolean> =>
    (await ask({ port, component: 'query', operation: 'plan', request: { q: 'river' } }, 1_000)).ok;
  const isWell = async (): Promise<void> => {
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const { verdict, suspected } = await seen();
      if (verdict === 'healthy' && !suspected && (await answers(server))) return;
      if (waitedMs > wellBoundMs) throw new LabUnknownError(`${server.id} does not come back`, 'run the lab again');
      await pause();
    }
  };

  async function watch(label: string): Promise<HangSeen> {
    await isWell();
    // Phi learns the rhythm from the first heartbeats.
    for (let i = 0; i < 4_000 / pollMs; i++) await pause();
    const before = await own.restarts(server.id);
    const heal = await own.inject(server.id, hang);
    for (let i = 0; i < 5; i++) await pause();
    const startedAt = performance.now();
    const tookMs = () => performance.now() - startedAt;
    const call = answers(server);
    let phi = 0;
    let restartedAfterMs: number | undefined;
    while (restartedAfterMs === undefined && tookMs() < watchBoundMs) {
      if ((await own.restarts(server.id)) > before) restartedAfterMs = tookMs();
      else phi = Math.max(phi, (await seen()).phi);
      progress(label, Math.min(tookMs(), watchBoundMs), watchBoundMs);
      await pause();
    }
    // The fault has ended with its process, so nothing can be read of it: the call that got no answer is the proof.
    await heal().catch(() => undefined);
    return { phi, restartedAfterMs, answered: await call };
  }

  const mainLoop = await watch('heartbeats from the main loop');
  await isWell();
  await own.policy(server.id, { heartbeatThread: true });
  const thread = await watch('heartbeats from a thread');
  return { mainLoop, thread };
}
