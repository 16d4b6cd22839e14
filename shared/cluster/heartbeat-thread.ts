import { parentPort, workerData } from 'node:worker_threads';
import type { CallEvidence } from '../membership/call-evidence.ts';
import {
  startHeartbeatSender,
  type BeatProgress,
  type HeartbeatOptions,
  type NodePhase,
} from '../membership/heartbeat.ts';
import type { SelfReport } from '../membership/self-report.ts';
import type { View } from '../membership/view.ts';
import { systemClock } from '../time/clock.ts';
import { systemScheduler } from '../time/scheduler.ts';
import { openHeartbeatSocket } from './heartbeat-socket.ts';
import type { TopologyNode } from './topology.ts';

/** The thread of heartbeat-source.ts: sends heartbeats whatever the main loop does. */
export interface ThreadData extends Pick<
  HeartbeatOptions,
  'node' | 'incarnation' | 'process' | 'monitors' | 'phaseMs'
> {
  readonly monitorNodes: readonly TopologyNode[];
  readonly phase: NodePhase;
  readonly resume: BeatProgress;
  readonly news: LoopReport;
}

/** What the main loop says of itself and others. While it hangs, it says nothing new. */
export interface LoopReport {
  readonly self: SelfReport | undefined;
  readonly evidence: readonly CallEvidence[];
  readonly token: number | undefined;
}

export type ToThread =
  | { readonly kind: 'news'; readonly news: LoopReport }
  | { readonly kind: 'phase'; readonly phase: NodePhase }
  | { readonly kind: 'end' };

export type FromThread =
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'ended'; readonly progress: BeatProgress };

const { news, monitorNodes, phase, ...place } = workerData as ThreadData;
const port = parentPort!;
const post = (message: FromThread): void => port.postMessage(message);

let { self, token } = news;
let evidence = [...news.evidence];

const socket = openHeartbeatSocket({
  monitors: monitorNodes,
  clock: systemClock,
  log: { warn: (about: unknown, text?: string) => post({ kind: 'warning', text: `${text ?? ''} ${String(about)}` }) },
  onMessage: (datagram) => sender.receive(datagram),
});
const sender = startHeartbeatSender({
  ...place,
  clock: systemClock,
  scheduler: systemScheduler,
  startPhase: phase,
  ...(self && { self: () => self! }),
  evidence: () => evidence.splice(0),
  token: () => token,
  send: socket.send,
  onView: (view) => post({ kind: 'view', view }),
});

port.on('message', (message: ToThread) => {
  if (message.kind === 'phase') sender.setPhase(message.phase);
  if (message.kind === 'news') {
    ({ self, token } = message.news);
    evidence = [...evidence, ...message.news.evidence];
  }
  if (message.kind !== 'end') return;
  sender.stop();
  post({ kind: 'ended', progress: sender.progress() });
  socket.close();
});
