import { timingSafeEqual, type KeyObject } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { mac, macBytes } from '../security/heartbeat-keys.ts';
import { CallEvidence, noEvidence } from './call-evidence.ts';
import { SelfReport } from './self-report.ts';

/**
 * Heartbeats as datagrams. None is longer than `maxDatagramBytes`, which every network carries in one piece (as QUIC assumes, RFC 9000,
 * section 14). One layout for all four kinds, big-endian:
 *
 *   kind 1 | node id: length 1, bytes | monitor id: length 1, bytes | incarnation 8 | number 4 | head, JSON: length 2, bytes | body | MAC 16
 *
 *   beat, evidence     node -> monitor    number: counts this process's datagrams to this monitor
 *   answer, view part  monitor -> node    number: of the datagram that is answered
 */
export const maxDatagramBytes = 1_200;

export const kinds = ['beat', 'evidence', 'answer', 'view'] as const;
export type Kind = (typeof kinds)[number];

const Natural = Type.Integer({ minimum: 0 });

/** Names one process of a node or of a monitor: random, made at its start. */
const ProcessId = Type.String({ maxLength: 32 });

/** Zeros are left out: they are most of it. */
const CompactEvidence = Type.Object(
  { ...Type.Partial(CallEvidence).properties, node: Type.String(), group: Type.String() },
  { additionalProperties: false },
);

/** Evidence from one beat of its caller, which waits for its acknowledgement. `agoMs`: no two clocks are compared. */
const Report = Type.Object({
  number: Natural,
  agoMs: Type.Number({ minimum: 0 }),
  evidence: Type.Array(CompactEvidence, { maxItems: 64 }),
});

/** Evidence of one caller as its monitor takes it in. */
export interface EvidenceReport {
  readonly number: number;
  readonly agoMs: number;
  readonly evidence: readonly CallEvidence[];
}

const fromNode = {
  process: ProcessId,
  /** The monitor's process, as the node knows it: a recorded datagram means nothing to another one. Empty: not known yet. */
  monitorProcess: ProcessId,
  reports: Type.Optional(Type.Array(Report, { maxItems: 64 })),
};

export const heads = {
  beat: Type.Object({
    ...fromNode,
    /** Counts this process's heartbeats to this monitor: a gap is a lost one. */
    sequence: Natural,
    /** `standby`: could serve, or could load what it needs to serve, and waits to be promoted. */
    phase: Type.Enum(['starting', 'ready', 'draining', 'standby']),
    /** The version of the view that the node follows: another one comes back with the answer. */
    viewVersion: Natural,
    self: Type.Optional(SelfReport),
    /** The token of the role that it was promoted to. */
    token: Type.Optional(Natural),
  }),
  evidence: Type.Object(fromNode),
  answer: Type.Object({
    monitorProcess: ProcessId,
    /** Numbers of the reports that arrived with the datagram. */
    reports: Type.Optional(Type.Array(Natural, { maxItems: 64 })),
  }),
  /** The body is part `part` of `of` of the view, as JSON. */
  view: Type.Object({ version: Natural, part: Natural, of: Type.Integer({ minimum: 1, maximum: 1_000 }) }),
} as const;

type Heads = { readonly [K in Kind]: Static<(typeof heads)[K]> };
export type BeatHead = Heads['beat'];
export type WireReport = Static<typeof Report>;

export interface Address {
  readonly kind: Kind;
  readonly node: string;
  readonly monitor: string;
  readonly incarnation: number;
  readonly number: number;
}

export type Message = {
  readonly [K in Kind]: Address & { readonly kind: K; readonly head: Heads[K]; readonly body: Uint8Array };
}[Kind];

/** Of everything but head and body: two ids of ordinary length. */
export const overheadBytes = 128;

const nobody = Buffer.alloc(0);

export function seal<K extends Kind>(
  key: KeyObject,
  address: Address & { readonly kind: K },
  head: Heads[K],
  body: Uint8Array = nobody,
): Buffer {
  const { kind, node, monitor, incarnation, number } = address;
  const text = Buffer.from(JSON.stringify(head));
  const [from, to] = [Buffer.from(node), Buffer.from(monitor)];
  const fixed = Buffer.alloc(3 + from.length + to.length + 14);
  let at = fixed.writeUInt8(kinds.indexOf(kind));
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

/** Who speaks to whom, by the datagram's own word: to find the key, nothing else. Undefined for what is no heartbeat. */
export function addressOf(datagram: Uint8Array): (Address & { readonly headAt: number }) | undefined {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (bytes.length > maxDatagramBytes || bytes.length < 3) return undefined;
  const kind = kinds[bytes[0]!];
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

const compiled = new Map<Kind, ReturnType<typeof Compile>>();

/** What the datagram says, where `key` sealed it; undefined for everything else. */
export function open(key: KeyObject, datagram: Uint8Array): Message | undefined {
  const address = addressOf(datagram);
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

export function expand({ number, agoMs, evidence }: WireReport): EvidenceReport {
  return { number, agoMs, evidence: evidence.map((one) => ({ ...noEvidence, ...one })) };
}
