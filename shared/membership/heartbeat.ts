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

export interface Heart {
  readonly phase: () => Phase;
  /** Changes the phase and tells the monitors at once. */
  readonly setPhase: (phase: Phase) => void;
  readonly view: () => View | undefined;
  /** Takes in a datagram that arrived; what no monitor sent to this process is ignored. */
  readonly receive: (datagram: Uint8Array) => void;
  readonly stop: () => void;
}

/** What is known of one monitor. */
interface Ear {
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
  hurried: boolean;
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
export function startHeart(options: HeartbeatOptions): Heart {
  const { node, incarnation, process, monitors, clock, scheduler, send, self, evidence, token, onView } = options;
  const ears = new Map<string, Ear>(
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
        hurried: false,
      },
    ]),
  );
  const outbox = createEvidenceOutbox([...monitors.keys()], evidenceBytes);
  let phase: Phase = 'starting';
  let view: View | undefined;

  function beat(monitor: string, ear: Ear): void {
    const address = { node, monitor, incarnation };
    const known = { process, monitorProcess: ear.process };
    const held = token?.();
    // A monitor that does not know this process yet takes in nothing else.
    const [first = [], ...more] = ear.process
      ? outbox.batches(monitor, clock.now(), [evidenceBytes - beatBytes, evidenceBytes])
      : [];
    const head: BeatHead = {
      ...known,
      sequence: ear.sequence++,
      phase,
      viewVersion: ear.view?.version ?? 0,
      ...(self && { self: self() }),
      ...(held !== undefined && { token: held }),
      ...(first.length > 0 && { reports: first }),
    };
    send(monitor, seal(ear.key, { ...address, kind: 'beat', number: ++ear.number }, head));
    for (const reports of more.slice(0, maxDatagrams - 1))
      send(monitor, seal(ear.key, { ...address, kind: 'evidence', number: ++ear.number }, { ...known, reports }));
  }

  function follow(): void {
    const now = clock.now();
    const fresh = [...ears.values()].find(({ heardAt }) => now - heardAt <= trustMs);
    const believed = fresh === undefined ? view : fresh.view;
    if (believed === view || believed === undefined) return;
    view = believed;
    onView?.(view);
  }

  function beatAll(): void {
    follow();
    outbox.add(evidence?.() ?? [], clock.now());
    for (const [monitor, ear] of ears) {
      ear.hurried = false;
      beat(monitor, ear);
    }
  }

  function answered(monitor: string, ear: Ear, message: Extract<Message, { kind: 'answer' }>): void {
    outbox.acknowledged(monitor, message.head.reports ?? []);
    // One that was overtaken, or recorded and sent again, is no sign of life.
    if (message.number <= ear.answered) return;
    ear.answered = message.number;
    ear.heardAt = clock.now();
    const isNew = message.head.monitorProcess !== ear.process;
    ear.process = message.head.monitorProcess;
    if (!isNew || ear.hurried) return;
    ear.hurried = true;
    beat(monitor, ear);
  }

  function receive(datagram: Uint8Array): void {
    const from = addressOf(datagram)?.monitor;
    const ear = from === undefined ? undefined : ears.get(from);
    const message = ear && open(ear.key, datagram);
    if (!message || message.node !== node || message.incarnation !== incarnation) return;
    if (message.kind === 'answer') answered(message.monitor, ear, message);
    if (message.kind === 'view') {
      const news = ear.assembly.take(message.head, message.body);
      // An old one that was overtaken must not come back.
      if (news && news.version > (ear.view?.version ?? 0)) ear.view = news;
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
