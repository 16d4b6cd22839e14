import type { KeyObject } from 'node:crypto';
import { incarnationKey } from '../security/heartbeat-keys.ts';
import {
  datagramAddressOf,
  expandReport,
  open,
  seal,
  type BeatHead,
  type EvidenceReport,
  type Message,
} from './heartbeat-wire.ts';
import { createReplayWindow } from './replay-window.ts';
import { viewParts } from './view-parts.ts';
import type { View } from './view.ts';

/** The heartbeat of a node, as a monitor receives it. */
export type Heartbeat = Omit<BeatHead, 'process' | 'monitorProcess' | 'reports' | 'quiet'> & {
  readonly node: string;
  readonly incarnation: number;
};

export interface HeartbeatReceiverOptions {
  readonly monitor: string;
  /** The random name of this process. */
  readonly process: string;
  /** One key for each node; the keys of its incarnations are derived from it. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /**
   * Called with each genuine heartbeat. Returns false if the monitor does not believe the heartbeat. Then the node gets
   * no answer.
   */
  readonly heard: (beat: Heartbeat) => boolean;
  /** Called once for each report. */
  readonly reported: (node: string, incarnation: number, reports: readonly EvidenceReport[]) => void;
  /** Undefined while this monitor knows too little to give out a view. */
  readonly view: () => View | undefined;
  readonly onRefused?: (why: 'not genuine' | 'repeated') => void;
}

/** Handles one datagram; `answer` sends a datagram back to its sender. */
export type ReceiveDatagram = (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;

/** How many report numbers are remembered for each process of a node. */
const rememberedReports = 256;

/**
 * The monitor's side of heartbeat.ts. The monitor accepts a datagram once, and only if the node's own process sealed it
 * for this process of the monitor. A genuine datagram that names an earlier process of the monitor, or none, gets an
 * answer with the name of the present process. The sender then sends another heartbeat.
 */
export function createHeartbeatReceiver(options: HeartbeatReceiverOptions): ReceiveDatagram {
  const { monitor, process, keys, heard, reported, view, onRefused } = options;
  const known = new Map<string, { readonly incarnation: number; readonly key: KeyObject }>();
  const replays = createReplayWindow();
  const taken = new Map<string, Set<number>>();
  let published: { readonly version: number; readonly parts: readonly Uint8Array[] } | undefined;

  function keyOf(node: string, incarnation: number): KeyObject | undefined {
    const last = known.get(node);
    if (last?.incarnation === incarnation) return last.key;
    const pair = keys.get(node);
    return pair && incarnationKey(pair, incarnation);
  }

  function fresh(from: string, reports: readonly EvidenceReport[]): readonly EvidenceReport[] {
    let numbers = taken.get(from);
    if (!numbers) taken.set(from, (numbers = new Set()));
    if (taken.size > 4 * keys.size) taken.delete(taken.keys().next().value!);
    const news = reports.filter(({ number }) => !numbers.has(number));
    for (const { number } of news) numbers.add(number);
    for (const oldest of numbers) {
      if (numbers.size <= rememberedReports) break;
      numbers.delete(oldest);
    }
    return news;
  }

  function answer(key: KeyObject, to: Message, reports: readonly number[], send: (datagram: Uint8Array) => void): void {
    const { node, incarnation, number } = to;
    const head = { monitorProcess: process, ...(reports.length > 0 && { reports: [...reports] }) };
    send(seal(key, { kind: 'answer', node, monitor, incarnation, number }, head));
  }

  function sendView(
    key: KeyObject,
    { node, incarnation, number }: Message,
    current: View,
    send: (datagram: Uint8Array) => void,
  ): void {
    const { version } = current;
    if (published?.version !== version) published = { version, parts: viewParts(current) };
    const of = published.parts.length;
    for (const [part, body] of published.parts.entries())
      send(seal(key, { kind: 'view', node, monitor, incarnation, number }, { version, part, of }, body));
  }

  return (datagram, send) => {
    const address = datagramAddressOf(datagram);
    const key = address && address.monitor === monitor ? keyOf(address.node, address.incarnation) : undefined;
    const message = key && open(key, datagram);
    if (!message || (message.kind !== 'beat' && message.kind !== 'evidence')) return onRefused?.('not genuine');
    const { node, incarnation, number } = message;
    const { process: from, monitorProcess, reports = [], ...rest } = message.head;
    const quiet = message.kind === 'beat' && message.head.quiet === true;
    // The node does not know the name of the present process yet. Or the datagram is old: it came late, or somebody
    // recorded it and sent it again.
    if (monitorProcess !== process) return answer(key, message, [], send);
    if (!replays.isFirst(node, from, incarnation, number)) return onRefused?.('repeated');
    if (known.get(node)?.incarnation !== incarnation) known.set(node, { incarnation, key });
    if (
      message.kind === 'beat' &&
      !heard({ ...(rest as Omit<BeatHead, 'process' | 'monitorProcess'>), node, incarnation })
    )
      return;
    if (reports.length > 0) reported(node, incarnation, fresh(`${node} ${from}`, reports.map(expandReport)));
    const numbers = reports.map(({ number: each }) => each);
    if (!quiet || numbers.length > 0) answer(key, message, numbers, send);
    const current = message.kind === 'beat' ? view() : undefined;
    if (message.kind === 'beat' && current && message.head.viewVersion !== current.version)
      sendView(key, message, current, send);
  };
}
