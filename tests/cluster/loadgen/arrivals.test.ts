import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'vitest';
import { figures, load } from './run.ts';
import { known, ok } from './servers.ts';
import type { KnownServer } from './servers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Witness extends KnownServer {
  /** When each request arrived, ms on this process's clock. */
  readonly at: readonly number[];
}

/** A server that writes down when requests came. */
async function witness(body = 'ok\n'): Promise<Witness> {
  const at: number[] = [];
  const server = await known((_request, response) => {
    at.push(performance.now());
    ok(response, body);
  });
  return { ...server, at };
}

/**
 * How many arrivals came within `withinMs` after the first of their group; a new group begins when one is later than
 * that.
 */
function groups(at: readonly number[], withinMs: number): number[] {
  const sizes: number[] = [];
  let first = -Infinity;
  for (const instant of at) {
    if (instant - first > withinMs) {
      sizes.push(0);
      first = instant;
    }
    sizes[sizes.length - 1]!++;
  }
  return sizes;
}

test('bursts of 20 arrive as bursts of 20', async ({ expect }) => {
  const server = await witness();
  const run = await figures(server.url, '-R', '40/s', '--arrivals', 'burst:20', '-d', '3s', '-w', '1');
  expect(run).toMatchObject({ asked: 120, sent: 120, done: 120, errors: 0 });
  // Half a second lies between two bursts: what came within a quarter of it belongs together, on a busy machine, too.
  const sizes = groups(server.at, 250);
  expect(sizes).toHaveLength(6);
  expect(sizes.every((size) => size === 20)).toBe(true);
  // 19 gaps of 0 and one of 500 ms: a coefficient of variation of sqrt(19).
  expect(run.interarrivalVariation.intended).toBeGreaterThan(3.5);
});

test('recorded arrivals are played as they were, and twice as fast when asked', async ({ expect }) => {
  const server = await witness();
  const file = path.join(temporaryFolder(), 'arrivals.txt');
  const instants = [1_000, 1_010, 1_020, 2_000, 2_010, 3_000];
  await writeFile(file, instants.map((at, i) => (i % 2 ? `{"at":${at}}\n` : `${at}\n`)).join(''));
  const run = await figures(server.url, '--recorded', file, '--speed', '2', '-w', '1');
  expect(run).toMatchObject({ asked: 6, sent: 6, done: 6, errors: 0 });
  expect(groups(server.at, 250)).toEqual([3, 2, 1]);
  const span = server.at.at(-1)! - server.at[0]!;
  expect(span).toBeGreaterThan(980);
  expect(span).toBeLessThan(1_900);

  const refused = await load(server.url, '--recorded', file, '-R', '5/s');
  expect([refused.code, server.at.length]).toEqual([2, 6]);
});

test('--precise keeps the schedule to the request, and is no reason for doubt by itself', async ({ expect }) => {
  const server = await witness();
  const run = await figures(server.url, '-R', '100/s', '-d', '2s', '-w', '1', '--precise');
  expect(run).toMatchObject({ asked: 200, sent: 200, done: 200, errors: 0 });
  expect(run.reasons.filter((reason) => reason.includes('busy'))).toEqual([]);
});

test('--verify with a URL takes the answers of another server for the truth', async ({ expect }) => {
  const truth = await witness('{"results":["a"]}');
  const honest = await witness('{"results":["a"]}');
  const liar = await witness('{"results":["b"]}');
  const right = await figures(honest.url, '-R', '50/s', '-d', '1s', '--verify', truth.url, '--check', 'status');
  expect(right).toMatchObject({ done: 50, right: 50, wrong: 0, compared: 50 });
  const flags = '-R 50/s -d 1s -t wrong==0 --check status'.split(' ');
  const wrong = await figures(liar.url, ...flags, '--verify', truth.url);
  expect(wrong).toMatchObject({ done: 50, right: 0, wrong: 50 });
  expect(wrong.code).toBe(1);
  expect(truth.at).toHaveLength(2);
});
