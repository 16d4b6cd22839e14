import type { KeyObject } from 'node:crypto';
import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import type { CallEvidence } from './call-evidence.ts';
import { createEvidenceOutbox } from './evidence-outbox.ts';
import {
  datagramAddressOf,
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

/**
 * Of the beats without evidence, only every second beat asks for an answer, because each answer wakes this process. But
 * while an answer is missing, every beat asks for one.
 */
const askEvery = 2;

/**
 * When a monitor has left three questions in a row unanswered, its view no longer counts, unless all monitors are
 * silent. The third question is two intervals after the first one; half an interval is left for its answer.
 */
const trustMs = 2.5 * heartbeatIntervalMs;

/** Most datagrams per beat and monitor. Evidence that does not fit waits for the next beat. */
const maxDatagrams = 8;

/** Bytes of a beat without evidence: ids, counters, and the node's report about itself. */
const beatBytes = 330;
const evidenceBytes = maxDatagramBytes - overheadBytes - 128;

export type NodePhase = BeatHead['phase'];

export interface HeartbeatOptions {
  readonly node: string;
  readonly incarnation: number;
  /** The random name of this process. */
  readonly process: string;
  /** Node id of each monitor -> key of this incarnation. The node follows the first monitor that answers. */
  readonly monitors: ReadonlyMap<string, KeyObject>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** The time in ms from the start of each interval to the beat. Undefined: intervals begin at the sender's start. */
  readonly phaseMs?: number | undefined;
  /** The node's report about itself. */
  readonly self?: () => SelfReport;
  /** The evidence about other nodes since the last beat. */
  readonly evidence?: () => CallEvidence[];
  /** The fencing token, while this node has the role of another node. */
  readonly token?: () => number | undefined;
  /** Sends one datagram, which may get lost. `asks`: the monitor is to answer the datagram. */
  readonly send: (monitor: string, datagram: Uint8Array, asks: boolean) => void;
  /** Called at the interval of the beats, before each. */
  readonly onInterval?: () => void;
  readonly onView?: (view: View) => void;
  /** The phase at the start; `starting` by default. */
  readonly startPhase?: NodePhase;
  /** The last numbers of an earlier sender of this process, from which this sender continues. */
  readonly resume?: BeatProgress | undefined;
}

/** How far a sender has come with each monitor: the monitor's process, and the last numbers. */
export type BeatProgress = ReadonlyMap<string, Pick<MonitorLink, 'process' | 'number' | 'sequence'>>;

export interface HeartbeatSender {
  readonly phase: () => NodePhase;
  readonly progress: () => BeatProgress;
  /** Changes the phase and tells the monitors at once. */
  readonly setPhase: (phase: NodePhase) => void;
  readonly view: () => View | undefined;
  /** Handles a datagram that arrived. It is ignored unless a monitor sent it to this process. */
  readonly receive: (datagram: Uint8Array) => void;
  readonly stop: () => void;
}

/** The state of one monitor, as this node knows it. */
interface MonitorLink {
  readonly key: KeyObject;
  readonly assembly: ViewAssembly;
  /** The view of the monitor's present process; undefined until this process sends one. */
  view: View | undefined;
  /** The version of the newest view that this monitor sent, from its present process or an earlier one. */
  viewVersion: number;
  /** The time of the first question after the monitor's last answer; undefined: no question was sent since. */
  askedAt: number | undefined;
  /** The random name of the monitor's process; empty before the monitor's first answer. */
  process: string;
  /** The number of the newest datagram that the monitor answered. */
  answered: number;
  number: number;
  sequence: number;
  /** The monitor got an extra beat in this interval. One interval has at most one extra beat. */
  gotExtraBeat: boolean;
}

/**
 * Sends a beat to every monitor every `heartbeatIntervalMs`, and follows the view of the first monitor that answers.
 * When all monitors are silent, or have just started and know too little, the last view stays in force: the service
 * must survive the loss of the monitors.
 *
 *   node                                       monitor
 *     | -- beat, evidence reports 7 and 8 --------> |
 *     | <-- answer: has 7 and 8 ------------------- |
 *     | <-- view 12, part 1 of 2; part 2 ---------- |   if the node follows another view
 *     | -- beat, quiet ---------------------------> |   no answer is needed
 *
 * Only evidence is sent again, with the next beat. Everything else in a lost beat is also in the next one.
 */
export function startHeartbeatSender(options: HeartbeatOptions): HeartbeatSender {
  const { node, incarnation, process, monitors, clock, scheduler, send, self, evidence, token, phaseMs } = options;
  const { onView, onInterval = () => undefined, resume = new Map() as BeatProgress, startPhase = 'starting' } = options;
  const links = new Map<string, MonitorLink>(
    [...monitors].map(([monitor, key]) => [
      monitor,
      {
        key,
        assembly: createViewAssembly(),
        view: undefined,
        viewVersion: 0,
        askedAt: undefined,
        process: '',
        answered: 0,
        number: 0,
        sequence: 0,
        ...resume.get(monitor),
        gotExtraBeat: false,
      },
    ]),
  );
  const outbox = createEvidenceOutbox([...monitors.keys()], evidenceBytes);
  let phase: NodePhase = startPhase;
  let view: View | undefined;

  function beat(monitor: string, link: MonitorLink): void {
    const now = clock.now();
    const address = { node, monitor, incarnation };
    const known = { process, monitorProcess: link.process };
    const held = token?.();
    // Until the node knows the name of the monitor's process, the monitor refuses all evidence. So only a beat is sent.
    const [first = [], ...more] = link.process
      ? outbox.batches(monitor, now, [evidenceBytes - beatBytes, evidenceBytes])
      : [];
    const isKnown = link.process !== '' && link.askedAt === undefined;
    const quiet = isKnown && first.length === 0 && link.sequence % askEvery !== 0;
    if (!quiet) link.askedAt ??= now;
    const head: BeatHead = {
      ...known,
      sequence: link.sequence++,
      phase,
      viewVersion: link.viewVersion,
      ...(self && { self: self() }),
      ...(quiet && { quiet }),
      ...(held !== undefined && { token: held }),
      ...(first.length > 0 && { reports: first }),
    };
    send(monitor, seal(link.key, { ...address, kind: 'beat', number: ++link.number }, head), !quiet);
    for (const reports of more.slice(0, maxDatagrams - 1))
      send(
        monitor,
        seal(link.key, { ...address, kind: 'evidence', number: ++link.number }, { ...known, reports }),
        true,
      );
  }

  function follow(): void {
    const now = clock.now();
    const fresh = [...links.values()].find(
      (link) => link.view !== undefined && (link.askedAt === undefined || now - link.askedAt <= trustMs),
    );
    if (fresh?.view === undefined || fresh.view === view) return;
    view = fresh.view;
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
    // A datagram that was overtaken, or recorded and sent again, is no sign of life.
    if (message.number <= link.answered) return;
    link.answered = message.number;
    link.askedAt = undefined;
    const isNew = message.head.monitorProcess !== link.process;
    link.process = message.head.monitorProcess;
    if (!isNew) return;
    link.view = undefined;
    if (link.gotExtraBeat) return;
    link.gotExtraBeat = true;
    beat(monitor, link);
  }

  function receive(datagram: Uint8Array): void {
    const from = datagramAddressOf(datagram)?.monitor;
    const link = from === undefined ? undefined : links.get(from);
    const message = link && open(link.key, datagram);
    if (!message || message.node !== node || message.incarnation !== incarnation) return;
    if (message.kind === 'answer') answered(message.monitor, link, message);
    if (message.kind === 'view') {
      const news = link.assembly.take(message.head, message.body);
      // An older view that arrives late must not replace this one.
      if (news && news.version > link.viewVersion) {
        link.view = news;
        link.viewVersion = news.version;
      }
    }
    follow();
  }

  beatAll();
  const onTime = (): void => {
    onInterval();
    beatAll();
  };
  const timer: Timer = scheduler.every(heartbeatIntervalMs, onTime, phaseMs);
  return {
    phase: () => phase,
    progress: () =>
      new Map([...links].map(([id, { process: it, number, sequence }]) => [id, { process: it, number, sequence }])),
    setPhase(next) {
      phase = next;
      beatAll();
    },
    view: () => view,
    receive,
    stop: () => timer.cancel(),
  };
}
