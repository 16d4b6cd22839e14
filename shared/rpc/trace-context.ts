import type { Random } from '../time/random.ts';

/** W3C Trace Context (https://www.w3.org/TR/trace-context/): 16-byte trace id, 8-byte span id, both lower-case hex. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** The span that this span is a part of; undefined for the first span of a trace. */
  readonly parentId?: string;
  readonly sampled: boolean;
}

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

/** Undefined for anything malformed, and for the all-zero ids that the standard forbids. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const match = header === undefined ? null : pattern.exec(header);
  if (!match) return undefined;
  const [, traceId, spanId, flags] = match as unknown as [string, string, string, string];
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function newTrace(random: Random, sampled = true): TraceContext {
  return { traceId: hex(random, 4), spanId: hex(random, 2), sampled };
}

export function childSpan(trace: TraceContext, random: Random): TraceContext {
  return { traceId: trace.traceId, spanId: hex(random, 2), parentId: trace.spanId, sampled: trace.sampled };
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * `words` x 32 random bits as hex; never all zero, because the last bit is set. Every call makes two ids, and
 * `toString(16)` of 32 bits leaves V8's fast paths: the table is several times faster.
 */
function hex(random: Random, words: number): string {
  let text = '';
  for (let i = 1; i <= words; i++) {
    const bits = Math.floor(random.next() * 4_294_967_296) | (i === words ? 1 : 0);
    text +=
      hexOfByte[bits >>> 24]! +
      hexOfByte[(bits >>> 16) & 255]! +
      hexOfByte[(bits >>> 8) & 255]! +
      hexOfByte[bits & 255]!;
  }
  return text;
}
