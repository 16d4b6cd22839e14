import type { Wire } from './wire.ts';
import { WireError } from './wire.ts';

/** What has crossed the wire. Bytes are those of addresses and bodies, without headers. */
export interface WireTraffic {
  readonly roundTrips: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** From sending until the whole answer has arrived, ms. */
  readonly waitedMs: number;
}

export interface CountedWire extends Wire {
  readonly traffic: () => WireTraffic;
}

export const noTraffic: WireTraffic = { roundTrips: 0, sentBytes: 0, receivedBytes: 0, waitedMs: 0 };

/** The longest wait for an answer, ms. */
const patienceMs = 15_000;

/** The wire over HTTP. `base` is the address of the server; empty for a page of that server. */
export function createHttpWire(now: () => number, base = ''): CountedWire {
  let traffic = noTraffic;

  async function ask<T>(path: string, parameters: Record<string, string | number>, body?: object): Promise<T> {
    const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
    const address = `/placements/${path}${query.size === 0 ? '' : `?${query}`}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const sentAt = now();
    const answer = await send(base + address, text).finally(() => {
      traffic = {
        ...traffic,
        roundTrips: traffic.roundTrips + 1,
        sentBytes: traffic.sentBytes + address.length + new TextEncoder().encode(text).length,
        waitedMs: traffic.waitedMs + now() - sentAt,
      };
    });
    traffic = { ...traffic, receivedBytes: traffic.receivedBytes + answer.bytes.byteLength };
    return read<T>(answer);
  }

  return {
    press: (request) => ask('press', {}, request),
    search: ({ q, page, order }) => ask('search', { q, page, order }),
    candidates: (q) => ask('candidates', { q }),
    parts: (term) => ask('parts', { term }),
    texts: (ids) => ask('texts', {}, { ids }),
    words: (from) => ask('words', { from }),
    traffic: () => traffic,
  };
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly bytes: ArrayBuffer;
}

async function send(address: string, body: string): Promise<Answer> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  try {
    const response = await fetch(address, {
      signal: AbortSignal.timeout(patienceMs),
      ...(body !== '' && post),
    });
    return { ok: response.ok, status: response.status, bytes: await response.arrayBuffer() };
  } catch {
    throw new WireError('unreachable', 'The server does not answer.');
  }
}

function read<T>({ ok, status, bytes }: Answer): T {
  let value: T & { code?: string; detail?: string };
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) as typeof value;
  } catch {
    throw new WireError('bad_reply', `The server gave an answer that is not JSON (status ${status}).`);
  }
  if (!ok) throw new WireError(value.code ?? 'internal', value.detail ?? `The server failed (status ${status}).`);
  return value;
}
