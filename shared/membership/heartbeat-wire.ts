import { timingSafeEqual, type KeyObject } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { mac, macBytes } from '../security/heartbeat-keys.ts';
import { CallEvidence, noEvidence } from './call-evidence.ts';
import { SelfReport } from './self-report.ts';

/**
 * Heartbeats as datagrams. No datagram is longer than `maxDatagramBytes`, because every network carries this length in
 * one piece (RFC 9000, section 14). All four kinds have the same layout, big-endian. The number after each field is its
 * length in bytes. "length 1, text" means: the length of the text in 1 byte, and then the text.
 *
 *   kind 1 | node id: length 1, text | monitor id: length 1, text | incarnation 8 | number 4
 *          | head: length 2, JSON | body | MAC 16
 *
 *   beat, evidence     node -> monitor    `number` counts the datagrams from this process to this monitor
 *   answer, view part  monitor -> node    `number` is that of the answered datagram
 */
export const maxDatagramBytes = 1_200;

const datagramKinds = ['beat', 'evidence', 'answer', 'view'] as const;
export type DatagramKind = (typeof datagramKinds)[number];

const Natural = Type.Integer({ minimum: 0 });

/** The random name of one process of a node or a monitor, chosen at its start. */
const ProcessId = Type.String({ maxLength: 32 });

/** Counts of 0 are left out, because most counts are 0. */
const CompactEvidence = Type.Object(
  { ...Type.Partial(CallEvidence).properties, node: Type.String(), group: Type.String() },
  { additionalProperties: false },
);

/**
 * The evidence that one caller collected between two heartbeats. The monitor has not acknowledged it yet. `agoMs` is
 * its age, because clocks of two machines are never compared.
 */
const Report = Type.Object({
  number: Natural,
  agoMs: Type.Number({ minimum: 0 }),
  evidence: Type.Array(CompactEvidence, { maxItems: 64 }),
});

/** Evidence of one caller, as the monitor receives it. */
export interface EvidenceReport {
  readonly number: number;
  readonly agoMs: number;
  readonly evidence: readonly CallEvidence[];
}

const fromNode = {
  process: ProcessId,
  /**
   * The monitor process that the datagram is for. Other processes answer the datagram, but use nothing in it. Empty:
   * the node does not know the name of the process yet.
   */
  monitorProcess: ProcessId,
  reports: Type.Optional(Type.Array(Report, { maxItems: 64 })),
};

const heads = {
  beat: Type.Object({
    ...fromNode,
    /** Counts the heartbeats from this process to this monitor. A gap means that a heartbeat was lost. */
    sequence: Natural,
    /** `standby`: the node can serve as soon as a monitor promotes it. */
    phase: Type.Enum(['starting', 'ready', 'draining', 'standby']),
    /** The version of the view that the node follows. If the monitor has another version, it answers with its view. */
    viewVersion: Natural,
    self: Type.Optional(SelfReport),
    /** The node needs no answer to this beat, unless the monitor has news for it. */
    quiet: Type.Optional(Type.Boolean()),
    /** The fencing token of the role that the node was promoted to. */
    token: Type.Optional(Natural),
  }),
  evidence: Type.Object(fromNode),
  answer: Type.Object({
    monitorProcess: ProcessId,
    /** The numbers of the reports that the monitor now has. */
    reports: Type.Optional(Type.Array(Natural, { maxItems: 64 })),
  }),
  /** The body is part `part` of `of` of the view, as JSON. */
  view: Type.Object({ version: Natural, part: Natural, of: Type.Integer({ minimum: 1, maximum: 1_000 }) }),
} as const;

type Heads = { readonly [K in DatagramKind]: Static<(typeof heads)[K]> };
export type BeatHead = Heads['beat'];
export type WireReport = Static<typeof Report>;

export interface DatagramAddress {
  readonly kind: DatagramKind;
  readonly node: string;
  readonly monitor: string;
  readonly incarnation: number;
  readonly number: number;
}

export type Message = {
  readonly [K in DatagramKind]: DatagramAddress & {
    readonly kind: K;
    readonly head: Heads[K];
    readonly body: Uint8Array;
  };
}[DatagramKind];

/** Bytes for all but head and body, with two ids of usual length. */
export const overheadBytes = 128;

const nobody = Buffer.alloc(0);

export function seal<K extends DatagramKind>(
  key: KeyObject,
  address: DatagramAddress & { readonly kind: K },
  head: Heads[K],
  body: Uint8Array = nobody,
): Buffer {
  const { kind, node, monitor, incarnation, number } = address;
  const text = Buffer.from(JSON.stringify(head));
  const [from, to] = [Buffer.from(node), Buffer.from(monitor)];
  const fixed = Buffer.alloc(3 + from.length + to.length + 14);
  let at = fixed.writeUInt8(datagramKinds.indexOf(kind));
  at = fixed.writeUInt8(from.length, at);
  at += from.copy(fixed, at);
  at = fixed.writeUInt8(to.length, at);
  at += to.copy(fixed, at);
  at = fixed.writeBigUInt64BE(BigInt(incarnation), at);
  at = fixed.writeUInt32BE(number % 2 ** 32, at);
  fixed.writeUInt16BE(text.length, at);
  const bytes = Buffer.concat([fixed, text, body]);
  return Buffer.concat([bytes, mac(key, bytes)]);
}

/**
 * The sender and the receiver that the datagram names. Nothing proves these names yet, so use them only to find the
 * key. Undefined: the datagram is no heartbeat.
 */
export function datagramAddressOf(datagram: Uint8Array): (DatagramAddress & { readonly headAt: number }) | undefined {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (bytes.length > maxDatagramBytes || bytes.length < 3) return undefined;
  const kind = datagramKinds[bytes[0]!];
  const nodeEnd = 2 + bytes[1]!;
  if (kind === undefined || nodeEnd >= bytes.length) return undefined;
  const monitorEnd = nodeEnd + 1 + bytes[nodeEnd]!;
  if (monitorEnd + 14 + macBytes > bytes.length) return undefined;
  const incarnation = Number(bytes.readBigUInt64BE(monitorEnd));
  if (!Number.isSafeInteger(incarnation)) return undefined;
  return {
    kind,
    node: bytes.toString('utf8', 2, nodeEnd),
    monitor: bytes.toString('utf8', nodeEnd + 1, monitorEnd),
    incarnation,
    number: bytes.readUInt32BE(monitorEnd + 8),
    headAt: monitorEnd + 12,
  };
}

const compiled = new Map<DatagramKind, ReturnType<typeof Compile>>();

/** The content of a datagram that was sealed with `key`; undefined for all other datagrams. */
export function open(key: KeyObject, datagram: Uint8Array): Message | undefined {
  const address = datagramAddressOf(datagram);
  if (!address) return undefined;
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const end = bytes.length - macBytes;
  if (!timingSafeEqual(mac(key, bytes.subarray(0, end)), bytes.subarray(end))) return undefined;
  const { headAt, ...rest } = address;
  const bodyAt = headAt + 2 + bytes.readUInt16BE(headAt);
  if (bodyAt > end) return undefined;
  let check = compiled.get(rest.kind);
  if (!check) compiled.set(rest.kind, (check = Compile(heads[rest.kind])));
  try {
    const head: unknown = JSON.parse(bytes.toString('utf8', headAt + 2, bodyAt));
    return check.Check(head) ? ({ ...rest, head, body: bytes.subarray(bodyAt, end) } as unknown as Message) : undefined;
  } catch {
    return undefined;
  }
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

export function compact(evidence: CallEvidence): WireReport['evidence'][number] {
  const said = Object.entries(evidence).filter(([, value]) => value !== 0 && value !== undefined);
  return Object.fromEntries(
    said.map(([name, value]) => [name, typeof value === 'number' ? hundredths(value) : value]),
  ) as WireReport['evidence'][number];
}

export function expandReport({ number, agoMs, evidence }: WireReport): EvidenceReport {
  return { number, agoMs, evidence: evidence.map((one) => ({ ...noEvidence, ...one })) };
}
