import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { entry } from '../cluster/cluster.ts';

/** The results of users in one run of the load generator. */
export interface Felt {
  readonly asked: number;
  /** Requests without an answer, or with an error as the answer. */
  readonly failed: number;
  /** Answers that differ from the ones recorded before any fault. */
  readonly wrong: number;
  /** Right answers per second, within `withinMs`. */
  readonly goodput: number;
  /** NaN without a right answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The failures: code -> count. */
  readonly codes: Readonly<Record<string, number>>;
}

interface Json {
  readonly asked: number;
  readonly errors: number;
  readonly wrong: number;
  readonly goodput: number;
  /** Null without a right answer. */
  readonly latencyMs: { readonly intended: { readonly p50: number | null; readonly p99: number | null } };
  readonly codes: Readonly<Record<string, number>>;
}

/** Common words, so that every answer needs work. There are so many that no single page decides the result. */
const words = `water light house music horse stone bread winter paper garden river money letter color bridge island
animal plant king tree metal voice cloth measure heart animal dog mountain ship fire language number storm field wheel
glass king sugar`;
const targets = [...new Set(words.split(/\s+/))].map((word) => `/api/search?q=${word}`);

export interface LoadOptions {
  /** Requests per second, by the clock; undefined: `users` wait for their answers. */
  readonly rate?: number;
  readonly users?: number;
  readonly seconds: number;
  /** A right answer that takes longer is not good, ms. */
  readonly withinMs?: number;
}

/**
 * Every user of an open load has a connection of its own. With fewer connections the requests would wait in the load
 * generator, and no overload would reach the cluster.
 */
const connections = '2048';

/** Runs the load generator against the first gateway, and compares the answers with an oracle. */
export function createLoad(dir: string, gatewayUrl: string, clientUrl: string) {
  const list = path.join(dir, 'requests.txt');
  const pagesList = path.join(dir, 'pages.txt');
  const oracle = path.join(dir, 'oracle.jsonl');
  writeFileSync(list, targets.join('\n'));
  writeFileSync(pagesList, targets.map((target) => target.replace('/api', '')).join('\n'));

  async function load(
    url: string,
    { rate, users = 16, seconds, withinMs = 1_000 }: LoadOptions,
    ...more: string[]
  ): Promise<Felt> {
    const when =
      rate === undefined
        ? ['-u', String(users)]
        : ['-R', `${rate.toFixed(1)}/s`, '--arrivals', 'poisson', '-c', connections];
    const judged = ['-d', `${seconds}s`, '--slo', `${withinMs}ms`, '--timeout', '6s', '-w', '1', '--json', '-q'];
    const child = spawn(process.execPath, [entry, 'load', url, ...when, ...judged, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { asked, errors, wrong, goodput, latencyMs, codes } = (await json(child.stdout)) as Json;
    return {
      asked,
      failed: errors,
      wrong,
      goodput,
      p50Ms: latencyMs.intended.p50 ?? Number.NaN,
      p99Ms: latencyMs.intended.p99 ?? Number.NaN,
      codes,
    };
  }

  return {
    /** Records the right answers, before there is any load or fault. */
    record: () => load(gatewayUrl, { users: 1, seconds: 1 }, '--requests', list, '--verify', '--save-oracle', oracle),
    /** Every answer is compared. */
    searches: (options: LoadOptions) => load(gatewayUrl, options, '--requests', list, '--verify', oracle),
    /** Through the client, whose pages name the nodes that made them. So only the success of an answer is checked. */
    pages: (options: LoadOptions) => load(clientUrl, options, '--requests', pagesList, '--check', 'status'),
  };
}

export type Load = ReturnType<typeof createLoad>;

/** One run as text. */
export function inWords({ asked, failed, wrong, p50Ms, p99Ms, goodput, codes }: Felt): string {
  const how = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const failures = failed === 0 ? '0 failed' : `${failed} failed (${how.join(', ')})`;
  const isKnown = !Number.isNaN(p50Ms);
  const latency = isKnown ? `p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)} ms` : 'no latency';
  return `${failures}, ${wrong} wrong of ${asked}; ${latency}; ${goodput.toFixed(0)}/s good`;
}
