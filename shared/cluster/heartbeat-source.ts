import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { HeartbeatOptions, HeartbeatSender, NodePhase, BeatProgress } from '../membership/heartbeat.ts';
import { heartbeatIntervalMs, startHeartbeatSender } from '../membership/heartbeat.ts';
import type { View } from '../membership/view.ts';
import type { PolicyHolder } from '../rpc/policy.ts';
import type { FromThread, LoopReport, ThreadData, ToThread } from './heartbeat-thread.ts';
import type { TopologyNode } from './topology.ts';

export interface HeartbeatSourceOptions extends Omit<HeartbeatOptions, 'resume' | 'startPhase'> {
  readonly policy: Pick<PolicyHolder, 'current' | 'onChange'>;
  readonly monitorNodes: readonly TopologyNode[];
  readonly log: Pick<Logger, 'warn'>;
}

export type NodeHeartbeats = Omit<HeartbeatSender, 'progress'>;

/**
 * Sends the heartbeats of a node: from the main loop, or from a thread of its own while the policy has
 * `heartbeatThread`. The thread goes on when the main loop hangs, so its heartbeats say nothing about the main loop.
 *
 *   main loop --- self-report, evidence, every interval ---> thread --- datagrams ---> monitors
 *             <-- views ------------------------------------        <-- answers -----
 *
 * Either the main loop or the thread sends. After a change, the new sender continues the numbers of the old sender.
 */
export function startHeartbeats(options: HeartbeatSourceOptions): NodeHeartbeats {
  const { policy, ...sender } = options;
  const wanted = (): 'thread' | 'main' => (policy.current.heartbeatThread === false ? 'main' : 'thread');
  let phase: NodePhase = 'starting';
  let view: View | undefined;
  let stopped = false;
  let changing = Promise.resolve();
  const onView = (news: View): void => {
    view = news;
    sender.onView?.(news);
  };
  const inMainLoop = (resume?: BeatProgress): Source => {
    const it = startHeartbeatSender({ ...sender, onView, startPhase: phase, resume });
    return {
      kind: 'main',
      setPhase: it.setPhase,
      receive: it.receive,
      end() {
        it.stop();
        return Promise.resolve(it.progress());
      },
    };
  };
  const inThread = (resume: BeatProgress): Source => startThread({ ...options, onView }, { phase, resume });
  let source = inMainLoop();

  async function follow(): Promise<void> {
    if (stopped || source.kind === wanted()) return;
    const progress = await source.end();
    if (!stopped) source = wanted() === 'thread' ? inThread(progress) : inMainLoop(progress);
  }
  const change = (): void => void (changing = changing.then(follow));
  policy.onChange(change);
  if (wanted() === 'thread') change();

  return {
    phase: () => phase,
    setPhase(next) {
      phase = next;
      source.setPhase(next);
    },
    view: () => view,
    receive: (datagram) => source.receive(datagram),
    stop() {
      stopped = true;
      void source.end();
    },
  };
}

interface Source {
  readonly kind: 'main' | 'thread';
  readonly setPhase: (phase: NodePhase) => void;
  readonly receive: (datagram: Uint8Array) => void;
  /** Stops sending. Resolves with the last numbers, from which the next source continues. */
  readonly end: () => Promise<BeatProgress>;
}

/** A thread that fails ends the node, as any uncaught error does. */
function startThread(
  options: HeartbeatSourceOptions,
  { phase, resume }: { readonly phase: NodePhase; readonly resume: BeatProgress },
): Source {
  const { node, incarnation, process, monitors, monitorNodes, phaseMs } = options;
  const { scheduler, self, evidence, token, onView, onInterval, log } = options;
  const news = (): LoopReport => ({ self: self?.(), evidence: evidence?.() ?? [], token: token?.() });
  const place = { node, incarnation, process, monitors, monitorNodes, phaseMs };
  const workerData: ThreadData = { ...place, phase, resume, news: news() };
  const thread = new Worker(new URL('./heartbeat-thread.ts', import.meta.url), { workerData });
  thread.unref();
  const post = (message: ToThread): void => thread.postMessage(message);
  const { promise, resolve } = Promise.withResolvers<BeatProgress>();
  thread.on('message', (message: FromThread) => {
    if (message.kind === 'view') onView?.(message.view);
    if (message.kind === 'warning') log.warn(message.text);
    if (message.kind === 'ended') resolve(message.progress);
  });
  const onTime = (): void => {
    onInterval?.();
    post({ kind: 'news', news: news() });
  };
  const timer = scheduler.every(heartbeatIntervalMs, onTime, phaseMs);
  return {
    kind: 'thread',
    setPhase: (next) => post({ kind: 'phase', phase: next }),
    // The thread has a socket of its own.
    receive: () => undefined,
    async end() {
      timer.cancel();
      post({ kind: 'end' });
      const progress = await promise;
      await thread.terminate();
      return progress;
    },
  };
}
