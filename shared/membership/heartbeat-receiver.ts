import type { KeyObject } from 'node:crypto';
import { incarnationKey } from '../security/heartbeat-keys.ts';
import { addressOf, expand, open, seal, type BeatHead, type EvidenceReport, type Message } from './heartbeat-wire.ts';
import { createReplayWindow } from './replay-window.ts';
import { viewParts } from './view-parts.ts';
import type { View } from './view.ts';

/** What a monitor hears of a node. */
export type Heartbeat = Omit<BeatHead, 'process' | 'monitorProcess' | 'reports'> & {
  readonly node: string;
  readonly incarnation: number;
};

export interface HeartbeatReceiverOptions {
  readonly monitor: string;
  /** Names this process; random. */
  readonly process: string;
  /** One key for each node, for all of its incarnations. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** A sign of life. False: it is not believed, and not answered. */
  readonly heard: (beat: Heartbeat) => boolean;
  /** Each report once. */
  readonly reported: (node: string, incarnation: number, reports: readonly EvidenceReport[]) => void;
  readonly view: () => View;
  readonly onRefused?: (why: 'not genuine' | 'repeated') => void;
}

/** Takes in one datagram; `answer` sends one back to where it came from. */
export type ReceiveDatagram = (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;

/** Reports whose numbers are remembered, for each process of a node. */
const rememberedReports = 256;

/**
 * The monitor's side of heartbeat.ts. It hears only what the node's own process sealed for this very process of the monitor, and each datagram
 * once. To all else that is genuine it names its process, and the sender tries again.
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
    send: (datagram: Uint8Array) => void,
  ): void {
    const { version } = view();
    if (published?.version !== version) published = { version, parts: viewParts(view()) };
    const of = published.parts.length;
    for (const [part, body] of published.parts.entries())
      send(seal(key, { kind: 'view', node, monitor, incarnation, number }, { version, part, of }, body));
  }

  return (datagram, send) => {
    const address = addressOf(datagram);
    const key = address && address.monitor === monitor ? keyOf(address.node, address.incarnation) : undefined;
    const message = key && open(key, datagram);
    if (!message || (message.kind !== 'beat' && message.kind !== 'evidence')) return onRefused?.('not genuine');
    const { node, incarnation, number } = message;
    const { process: from, monitorProcess, reports = [], ...rest } = message.head;
    // It was meant for a process before this one, or recorded then.
    if (monitorProcess !== process) return answer(key, message, [], send);
    if (!replays.isFirst(node, from, incarnation, number)) return onRefused?.('repeated');
    if (known.get(node)?.incarnation !== incarnation) known.set(node, { incarnation, key });
    if (
      message.kind === 'beat' &&
      !heard({ ...(rest as Omit<BeatHead, 'process' | 'monitorProcess'>), node, incarnation })
    )
      return;
    if (reports.length > 0) reported(node, incarnation, fresh(`${node} ${from}`, reports.map(expand)));
    const numbers = reports.map(({ number: each }) => each);
    answer(key, message, numbers, send);
    if (message.kind === 'beat' && message.head.viewVersion !== view().version) sendView(key, message, send);
  };
}
