import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { homeAt } from '../../../labs/runner/home.ts';
import { htmlOf } from '../../../labs/serve/markdown.ts';
import { orderIn } from '../../../labs/serve/order.ts';
import { startOf, withEvent, type RunView, type ServerState } from '../../../labs/serve/run-view.ts';
import { createLabServer } from '../../../labs/serve/server.ts';
import { until } from '../../support/cluster.ts';
import { labCommand } from '../../support/lab-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = homeAt(folder);
const key = 'the-right-key';
let served: Awaited<ReturnType<typeof createLabServer>>;
let port = 0;

beforeAll(async () => {
  served = await createLabServer({ folder, key, hosts: [] });
  port = Number(new URL(await served.server.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => served.stop());

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Asks with the key in the cookie, unless `headers` say otherwise. */
async function ask<T = { readonly code?: string; readonly detail?: string }>(
  url: string,
  { method = 'GET', headers = {}, body }: Asked = {},
) {
  const answer = await request(`http://127.0.0.1:${port}${url}`, {
    method,
    headers: {
      cookie: `tierlab-labs-${port}=${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  const isJson = /json/.test(String(answer.headers['content-type']));
  const value = (isJson ? JSON.parse(text) : undefined) as T;
  return { status: answer.statusCode, headers: answer.headers, text, value };
}

const order = { lab: '10', form: 'virtual', student: '', prediction: null };
const start = (body: unknown) => ask('/api/runs', { method: 'POST', body });
test('an answer that no lab has asked for is refused', async () => {
  const { status, value } = await ask('/api/runs/current/answer', { method: 'POST', body: { answers: ['ranking-1'] } });
  expect([status, value.code]).toEqual([409, 'conflict']);
});

const ended = () =>
  until(async () => {
    const { run } = (await ask<ServerState>('/api/state')).value;
    return run?.outcome && run;
  }, 40_000);

test.each([
  ['a foreign name of this machine', '/api/state', { host: 'evil.example' }, 403, 'forbidden'],
  ['a foreign name, for the page itself', '/', { host: 'evil.example' }, 403, 'forbidden'],
  ['a page of another origin', '/api/state', { origin: 'http://evil.example' }, 403, 'forbidden'],
  ['a page of another port', '/api/state', { origin: 'http://127.0.0.1:1' }, 403, 'forbidden'],
  ['no key', '/api/state', { cookie: '' }, 401, 'unauthenticated'],
  ['no key, for a report', '/reports/10', { cookie: '' }, 401, 'unauthenticated'],
  ['no key, for a hand-in', '/hand-ins/10', { cookie: '' }, 401, 'unauthenticated'],
  ['no key, for the stream', '/api/stream', { cookie: '' }, 401, 'unauthenticated'],
  ['a wrong key', '/api/state', { cookie: 'tierlab-labs-PORT=another' }, 401, 'unauthenticated'],
  ['the key of another port', '/api/state', { cookie: `tierlab-labs-1=${key}` }, 401, 'unauthenticated'],
])('%s is refused', async (_, url, { cookie, ...headers }: Record<string, string>, status, code) => {
  const given = cookie === undefined ? headers : { ...headers, cookie: cookie.replace('PORT', String(port)) };
  const answer = await ask(url, { headers: given });
  expect([answer.status, answer.value.code]).toEqual([status, code]);
  expect(answer.text).not.toContain(key);
});

test('the printed address gives the cookie, and leaves the key out of the address', async () => {
  const { status, headers } = await ask(`/?key=${key}`, { headers: { cookie: '' } });
  expect([status, headers.location]).toEqual([303, '/']);
  expect(headers['set-cookie']).toMatch(/^tierlab-labs-\d+=\S+; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await ask('/?key=another', { headers: { cookie: '' } })).headers['set-cookie']).toBeUndefined();
  const typed = (given: string) => ask('/api/key', { method: 'POST', body: { key: given }, headers: { cookie: '' } });
  expect((await typed(`http://127.0.0.1:8095/?key=${key}`)).headers['set-cookie']).toMatch(/^tierlab-labs-/);
  expect((await typed('another')).status).toBe(401);
});

test('the page runs no foreign or inline script, and a report runs none at all', async () => {
  const page = await ask('/', { headers: { cookie: '' } });
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  expect(page.text).not.toMatch(/<script>|<style>|https?:/);
});

test('a lab on the cluster of the user asks the node that the server was started with, and no other', () => {
  const onCluster = { ...order, lab: '25', form: 'live', attach: true };
  expect(orderIn(onCluster, 'control-1').attach).toEqual({ host: 'control-1' });
  expect(orderIn(onCluster).attach).toEqual({});
  expect(orderIn({ ...onCluster, attach: false }, 'control-1').attach).toBeUndefined();
});

test.each([
  [{ ...order, lab: '99' }, 'there is no lab "99"'],
  [{ ...order, form: 'fast' }, 'form: "live" or "virtual" is wanted'],
  [{ ...order, lab: '01' }, 'lab 01 has no virtual form'],
  [{ ...order, form: 'live', attach: true }, '--attach works for 24, 25, 26'],
  [{ ...order, lab: '25', attach: true }, '--attach is for the live form'],
  [{ ...order, student: 'a/b' }, 'student: letters, digits'],
  [{ ...order, prediction: { values: ['20', '50'], because: 'x' } }, 'prediction.values: 3 texts are wanted'],
  [{ ...order, prediction: { values: ['20', '50%', '100'], because: 'x' } }, 'W at rho = 0.8: the unit is ms, not "%"'],
  [{ ...order, prediction: { values: ['20', 'fast', '100'], because: 'x' } }, 'W at rho = 0.8: a number is wanted'],
  [{ ...order, prediction: { values: ['20', '50', '100'], because: ' ' } }, 'a prediction needs a reason'],
  [{ ...order, prediction: undefined }, 'prediction.values: 3 texts are wanted'],
])('the order %j is refused, and nothing starts', async (body, why) => {
  const { status, value } = await start(body);
  expect([status, value.code]).toEqual([400, 'bad_request']);
  expect(value.detail).toContain(why);
  expect(existsSync(home.journal)).toBe(false);
});

describe('with something in the journal', () => {
  afterEach(() => rmSync(home.journal, { force: true }));
  const leave = (runner: number) => {
    mkdirSync(home.state, { recursive: true });
    writeFileSync(home.journal, JSON.stringify({ lab: '06', runner, phase: 'running' }));
  };

  test('a lab that a terminal runs is shown, and a second one is refused', async () => {
    leave(process.pid);
    expect((await ask<ServerState>('/api/state')).value.other).toEqual({ lab: '06', isRunning: true });
    const { status, value } = await start(order);
    expect([status, value.code]).toEqual([409, 'conflict']);
    expect(value.detail).toMatch(new RegExp(`\\b06\\b.*\\b${process.pid}\\b`));
    expect((await ask('/api/restore', { method: 'POST' })).status).toBe(400);
  });

  test('what a killed lab has left is shown, and cleaned up; then a lab starts', async () => {
    leave(2 ** 22 - 1);
    expect((await ask<ServerState>('/api/state')).value.other).toEqual({ lab: '06', isRunning: false });
    expect((await start(order)).value.detail).toMatch(/\b06\b.*\bkilled\b/);
    expect((await ask<{ lab: string }>('/api/restore', { method: 'POST' })).value).toEqual({ lab: '06' });
    expect((await start(order)).status).toBe(202);
    expect((await ended())!.outcome).toEqual({ kind: 'judged', verdict: 'PASS' });
  });
});

test('one lab runs at a time; a stopped one counts nothing, and leaves nothing', async () => {
  const progress = () => (existsSync(home.progress) ? readFileSync(home.progress, 'utf8') : '');
  const before = progress();
  const prediction = { values: ['25', '.05s', '75 ms', '100'], because: 'each tier waits' };
  expect(
    (await ask<RunView>('/api/runs', { method: 'POST', body: { ...order, lab: '06', form: 'live', prediction } }))
      .value,
  ).toMatchObject({ phase: 'precheck', prediction: expect.arrayContaining([expect.stringMatching(/: 50 ms$/)]) });
  const second = await start(order);
  expect([second.status, second.value.code]).toEqual([409, 'conflict']);
  expect(second.value.detail).toContain('lab 06 is running');
  const { value } = await ask<ServerState>('/api/runs/current', { method: 'DELETE' });
  expect(value.run).toMatchObject({ lab: '06', outcome: { kind: 'interrupted' } });
  expect([progress(), existsSync(home.journal)]).toEqual([before, false]);
});

test('a lab from the prediction to the hand-in; no file holds the key', async () => {
  const because = '<img src=x onerror=alert(1)>';
  const prediction = { values: ['20ms', '50', '.1s'], because };
  expect((await start({ ...order, student: 'ada', prediction })).status).toBe(202);
  expect(await ended()).toMatchObject({ outcome: { kind: 'judged', verdict: 'PASS' } });
  const text = '</textarea><script>alert(1)</script> The free time is in the denominator.';
  expect((await ask('/api/labs/10/explanation', { method: 'POST', body: { text } })).status).toBe(200);
  const report = await ask('/reports/10');
  expect(report.headers['content-security-policy']).not.toContain('script-src');
  expect(report.text).not.toMatch(/<script|<img/);
  const handIn = await ask('/hand-ins/10');
  expect(handIn.headers['content-disposition']).toBe('attachment; filename="hand-in-10-ada.json"');
  const file = path.join(folder, 'handed-in.json');
  writeFileSync(file, handIn.text);
  expect(labCommand('verify', file)).toMatchObject({ status: 0 });
  // grep ends with 1 where it finds nothing.
  expect(spawnSync('grep', ['-rq', key, folder]).status).toBe(1);
}, 60_000);

test('a text becomes HTML in which nothing runs, and pictures can be scrolled with the keyboard', () => {
  const html = htmlOf(
    '# Title\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](../x.md)\n\n```\n<b>\n```\n',
  );
  expect(html).not.toMatch(/<script|javascript:|href|<h1|<b>/);
  expect(html).toContain('<pre tabindex="0"');
  expect(htmlOf('[c](https://example.org/?a=1&b=2)')).toContain('href="https://example.org/?a=1&amp;b=2"');
});

test('a run is what its events say', () => {
  const after = (...events: Parameters<typeof withEvent>[1][]): RunView =>
    events.reduce(withEvent, startOf('06', 'live'));
  const fault = { kind: 'fault', node: 'app-1', fault: 'net.delay' } as const;
  expect(after({ kind: 'phase', phase: 'running' }, { kind: 'predicted', sha256: 'ab' })).toMatchObject({
    phase: 'running',
    predicted: 'ab',
  });
  expect(after({ ...fault, active: true }).faults).toEqual([{ node: 'app-1', fault: 'net.delay' }]);
  expect(after({ ...fault, active: true }, { ...fault, active: false }).faults).toEqual([]);
  expect(after({ ...fault, active: true }, { kind: 'cluster-stopped' }).faults).toEqual([]);
  const lines = Array.from({ length: 60 }, (_, i) => ({ kind: 'say', text: String(i) }) as const);
  expect(after(...lines).said).toHaveLength(40);
});

test('a port that is taken is one clear line, with the process that has it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await until(() => other.listening);
  const { port: taken } = other.address() as { port: number };
  const { status, stderr } = labCommand('serve', '--port', String(taken), '--home', folder);
  other.close();
  expect(status).toBe(3);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(new RegExp(`\\b${taken}\\b.*\\b${process.pid}\\b`));
});
