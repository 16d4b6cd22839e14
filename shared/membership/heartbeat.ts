import type { KeyObject } from 'node:crypto';
import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import type { CallEvidence } from './call-evidence.ts';
import { createEvidenceOutbox } from './evidence-outbox.ts';
import {
  addressOf,
  maxDatagramBytes,
  open,
  overheadBytes,
  seal,
  type BeatHead,
  type Message,
} from './heartbeat-wire.ts';
import type { SelfReport } from './self-report.ts';
import { createViewAssembly, type ViewAssembly } from './view-parts.ts';
import type { View } from './view.ts';

export const heartbeatIntervalMs = 500;

/** A monitor whose last answer is older than this is no longer believed while another answers: three intervals. */
const trustMs = 3 * heartbeatIntervalMs;

/** Datagrams with one beat to one monitor: evidence that does not fit waits for the next beat. */
const maxDatagrams = 8;

/** A beat without its evidence: ids, counters, what the node says of itself. */
const beatBytes = 330;
const evidenceBytes = maxDatagramBytes - overheadBytes - 128;

export type Phase = BeatHead['phase'];

export interface HeartbeatOptions {
  readonly node: string;
  readonly incarnation: number;
  /** Names this process; random. */
  readonly process: string;
  /** The monitors' node ids, in the order in which they are believed, and the key of this incarnation for each. */
  readonly monitors: ReadonlyMap<string, KeyObject>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** How the node itself is doing. */
  readonly self?: () => SelfReport;
  /** What it saw of others since the last beat. */
  readonly evidence?: () => CallEvidence[];
  /** The token under which it holds a role that was another node's. */
  readonly token?: () => number | undefined;
  /** Sends one datagram; nobody knows whether it arrives. */
  readonly send: (monitor: string, datagram: Uint8Array) => void;
  readonly onView?: (view: View) => void;
}

export interface HeartbeatSender {
  readonly phase: () => Phase;
  /** Changes the phase and tells the monitors at once. */
  readonly setPhase: (phase: Phase) => void;
  readonly view: () => View | undefined;
  /** Takes in a datagram that arrived; what no monitor sent to this process is ignored. */
  readonly receive: (datagram: Uint8Array) => void;
  readonly stop: () => void;
}

/** What is known of one monitor. */
interface MonitorLink {
  readonly key: KeyObject;
  readonly assembly: ViewAssembly;
  view: View | undefined;
  heardAt: number;
  /** Its process; empty before its first answer. */
  process: string;
  /** The newest datagram that it answered. */
  answered: number;
  number: number;
  sequence: number;
  /** It got a beat between two intervals already: whatever it answers, not a second one. */
  gotExtraBeat: boolean;
}

/**
 * Beats every `heartbeatIntervalMs` towards every monitor, and follows the view of the first one that answers. When all are silent the last
 * view stays in force: losing the monitors must not lose the service.
 *
 *   node                                       monitor
 *     | -- beat, evidence reports 7 and 8 --------> |
 *     | <-- answer: has 7 and 8 ------------------- |
 *     | <-- view 12, part 1 of 2; part 2 ---------- |   where the beat said that the node follows another one
 *
 * Nothing is sent again but evidence, with the next beat: a later beat says all that a lost one said.
 */
export function startHeartbeatSender(options: HeartbeatOptions): HeartbeatSender {
  const { node, incarnation, process, monitors, clock, scheduler, send, self, evidence, token, onView } = options;
  const links = new Map<string, MonitorLink>(
    [...monitors].map(([monitor, key]) => [
      monitor,
      {
        key,
        assembly: createViewAssembly(),
        view: undefined,
        heardAt: -Infinity,
        process: '',
        answered: 0,
        number: 0,
        sequence: 0,
        gotExtraBeat: false,
      },
    ]),
  );
  const outbox = createEvidenceOutbox([...monitors.keys()], evidenceBytes);
  let phase: Phase = 'starting';
  let view: View | undefined;

  function beat(monitor: string, link: MonitorLink): void {
    const address = { node, monitor, incarnation };
    const known = { process, monitorProcess: link.process };
    const held = token?.();
    // A monitor that does not know this process yet takes in nothing else.
    const [first = [], ...more] = link.process
      ? outbox.batches(monitor, clock.now(), [evidenceBytes - beatBytes, evidenceBytes])
      : [];
    const head: BeatHead = {
      ...known,
      sequence: link.sequence++,
      phase,
      viewVersion: link.view?.version ?? 0,
      ...(self && { self: self() }),
      ...(held !== undefined && { token: held }),
      ...(first.length > 0 && { reports: first }),
    };
    send(monitor, seal(link.key, { ...address, kind: 'beat', number: ++link.number }, head));
    for (const reports of more.slice(0, maxDatagrams - 1))
      send(monitor, seal(link.key, { ...address, kind: 'evidence', number: ++link.number }, { ...known, reports }));
  }

  function follow(): void {
    const now = clock.now();
    const fresh = [...links.values()].find(({ heardAt }) => now - heardAt <= trustMs);
    const believed = fresh === undefined ? view : fresh.view;
    if (believed === view || believed === undefined) return;
    view = believed;
    onView?.(view);
  }

  function beatAll(): void {
    follow();
    outbox.add(evidence?.() ?? [], clock.now());
    for (const [monitor, link] of links) {
      link.gotExtraBeat = false;
      beat(monitor, link);
    }
  }

  function answered(monitor: string, link: MonitorLink, message: Extract<Message, { kind: 'answer' }>): void {
    outbox.acknowledged(monitor, message.head.reports ?? []);
    // One that was overtaken, or recorded and sent again, is no sign of life.
    if (message.number <= link.answered) return;
    link.answered = message.number;
    link.heardAt = clock.now();
    const isNew = message.head.monitorProcess !== link.process;
    link.process = message.head.monitorProcess;
    if (!isNew || link.gotExtraBeat) return;
    link.gotExtraBeat = true;
    beat(monitor, link);
  }

  function receive(datagram: Uint8Array): void {
    const from = addressOf(datagram)?.monitor;
    const link = from === undefined ? undefined : links.get(from);
    const message = link && open(link.key, datagram);
    if (!message || message.node !== node || message.incarnation !== incarnation) return;
    if (message.kind === 'answer') answered(message.monitor, link, message);
    if (message.kind === 'view') {
      const news = link.assembly.take(message.head, message.body);
      // An old one that was overtaken must not come back.
      if (news && news.version > (link.view?.version ?? 0)) link.view = news;
    }
    follow();
  }

  beatAll();
  const timer: Timer = scheduler.every(heartbeatIntervalMs, beatAll);
  return {
    phase: () => phase,
    setPhase(next) {
      phase = next;
      beatAll();
    },
    view: () => view,
    receive,
    stop: () => timer.cancel(),
  };
}
