import { createServer, type RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { callNode } from '../../../labs/kit/open-load.ts';
import { whyFailed } from '../../../labs/kit/cluster.ts';
import { notWell } from '../../../labs/kit/diagnoses.ts';
import { createRateMeter } from '../../../labs/kit/rate-meter.ts';
import { untilNo } from '../../../labs/kit/until.ts';
import { LabUnknownError } from '../../../labs/runner/errors.ts';
import { listen } from '../../support/listen.ts';

test('a rate meter counts neither the answers of the warm-up nor those after the end', () => {
  let nowMs = 1_000;
  const meter = createRateMeter({ now: () => nowMs }, { warmMs: 100, forMs: 400, windows: 2 });
  const answerAt = (ms: number): void => {
    nowMs = 1_000 + ms;
    meter.count();
  };
  for (const ms of [0, 99, 100, 299, 300, 301, 499]) answerAt(ms);
  expect([meter.passed(), meter.isOver()]).toEqual([1, false]);
  answerAt(500);
  expect([meter.passed(), meter.isOver()]).toEqual([2, true]);
  expect(meter.figures()).toEqual({ perSecond: [10, 15], answered: 5 });
});

test('waiting ends when there is no problem any more, or with the last problem as the cause of UNKNOWN', async () => {
  const { signal } = new AbortController();
  const problems = ['a is down', 'a is slow'];
  await untilNo(async () => problems.shift(), { boundMs: 60_000, pollMs: 1, signal });
  const waiting = untilNo(async () => 'a is still down', { boundMs: 0, pollMs: 1, signal });
  await expect(waiting).rejects.toThrow(new LabUnknownError('after 0 s a is still down', 'run the lab again'));
});

test('a node is not well when a monitor suspects it, whatever its verdict is', () => {
  const well = { node: 'a', verdict: 'healthy', suspected: false, phi: 0 };
  expect(notWell([well])).toBeUndefined();
  expect(notWell([well, { ...well, node: 'b', suspected: true }])).toBe('b is suspected');
  expect(notWell([well, { ...well, node: 'c', verdict: 'crashed' }])).toBe('c is crashed');
});

test.each([
  ['the message of the command', '\rimporting 40%\ntierlab: the disk of data is full.\n', 'the disk of data is full'],
  [
    'the error that ended Node.js, not the version below its stack',
    "node:internal/modules:1\n\nError: Cannot find module 'tierlab.js'\n    at load (a.js:1)\n\nNode.js v26.10.0\n",
    "Error: Cannot find module 'tierlab.js'",
  ],
  ['nothing, where nothing was printed', '', ''],
])('why a command failed: %s', (_, output, why) => expect(whyFailed(output)).toBe(why));

test.each<[string, RequestListener, object]>([
  [
    'a stale answer',
    (_, to) => to.setHeader('x-stale-ms', '12').end('{"a":1}'),
    { ok: true, body: { a: 1 }, staleMs: 12 },
  ],
  ['no JSON', (_, to) => to.end('oops'), { ok: false, code: 'bad_reply' }],
  ['a problem', (_, to) => to.writeHead(503).end('{"code":"overloaded"}'), { ok: false, code: 'overloaded' }],
  ['a reset', ({ socket }) => socket.resetAndDestroy(), { ok: false, code: 'reset' }],
  ['nothing', () => undefined, { ok: false, code: 'timeout' }],
])('a call that gets %s says so', async (_, listener, answer) => {
  const node = { host: '127.0.0.1', port: await listen(createServer(listener)) };
  expect(await callNode({ node, component: 'query', operation: 'plan', request: {} }, 200)).toMatchObject(answer);
});
