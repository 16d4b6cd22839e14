import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataFolder, startCluster, until, type TestCluster } from '../../support/cluster.ts';

let cluster: TestCluster;
/** What a browser keeps after it opened the address that `up` printed. */
let cookie: string;
let key: string;
/** Without an open page, the console reads the nodes every five seconds only. */
const page = new AbortController();

beforeAll(async () => {
  const dataDir = await dataFolder([{ id: 'a', title: 'water', body: 'water is wet' }]);
  cluster = await startCluster({ dataDir, topology: 'single-server', env: { TIERLAB_CHAOS: '1' } });
  const address = await until(() => /http:\S+operator=\S+/.exec(cluster.output())?.[0] ?? '');
  key = new URL(address).searchParams.get('operator')!;
  const opened = await fetch(address, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
  cookie = opened.headers.get('set-cookie')!.split(';', 1)[0]!;
  const { signal } = page;
  void (await fetch(`${cluster.console}/api/stream`, { signal })).text().catch(() => undefined);
}, 120_000);

afterAll(() => page.abort());

type Headers = Readonly<Record<string, string>>;

/** Gives an order, as the script of the page does. */
function order(
  method: 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Headers = { cookie },
): Promise<Response> {
  return fetch(cluster.console + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      origin: cluster.console,
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const read = async (path: string): Promise<unknown> => (await fetch(cluster.console + path)).json();

interface Fault {
  readonly id: string;
  readonly kind: string;
}
const faults = async (): Promise<readonly Fault[]> =>
  ((await read('/api/history')) as { faults: Fault[] | null }[]).at(-1)?.faults ?? [];

const limp = { kind: 'limp.latency', target: 'server-1', ttlMs: 30_000, params: { meanMs: 5 } };

test('a dry run names who would be hit, a fault is refused, injected all the same, seen and healed', async () => {
  const dry = await order('POST', '/api/faults?dryRun=true', limp);
  expect(await dry.json()).toMatchObject({
    victims: ['server-1'],
    objections: [expect.stringContaining('tolerates the loss of 0')],
  });
  expect(await faults()).toEqual([]);
  // The only server: nobody could take its place, so it is refused first.
  const refused = await order('POST', '/api/faults', limp);
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('tolerates the loss of 0')]);

  const injected = await order('POST', '/api/faults', { ...limp, beyondTolerance: true });
  expect(injected.status).toBe(200);
  const { id } = (await injected.json()) as Fault;
  await until(async () => (await faults()).some((fault) => fault.id === id && fault.kind === 'limp.latency'));
  expect((await order('DELETE', `/api/faults/${id}`)).status).toBe(200);
  await until(async () => (await faults()).length === 0);
});

test('halt stops everything', async () => {
  expect(
    (await order('POST', '/api/faults', { ...limp, kind: 'byz.corrupt', params: {}, beyondTolerance: true })).status,
  ).toBe(200);
  await until(async () => (await faults()).length === 1);
  expect((await order('POST', '/api/halt')).status).toBe(200);
  await until(async () => (await faults()).length === 0);
});

test('without the key nothing can be ordered, and pages of other origins are refused even with it', async () => {
  const strangers: [number, Headers][] = [
    [401, {}],
    [401, { cookie: `${cookie.split('=', 1)[0]}=guess` }],
    [403, { cookie, origin: 'http://evil.example' }],
  ];
  for (const [status, headers] of strangers) {
    const orders = [
      order('POST', '/api/faults', { ...limp, beyondTolerance: true }, headers),
      order('DELETE', '/api/faults/f1', undefined, headers),
      order('POST', '/api/halt', undefined, headers),
    ];
    expect((await Promise.all(orders)).map((answer) => answer.status)).toEqual([status, status, status]);
  }
  const guessed = await fetch(`${cluster.console}/?operator=guess`, { redirect: 'manual' });
  expect([guessed.status, guessed.headers.get('set-cookie')]).toEqual([200, null]);
  expect(await faults()).toEqual([]);
});

test('the key that a person types is taken alone or within the printed address, and nothing else is', async () => {
  for (const typed of [key, ` ${cluster.console}/?operator=${key}`]) {
    const answer = await order('POST', '/api/operator', { key: typed }, {});
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([
      200,
      expect.stringMatching(/HttpOnly; SameSite=Strict$/),
    ]);
  }
  const wrong = await order('POST', '/api/operator', { key: 'guess' }, {});
  expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
  expect((await order('POST', '/api/operator', { key: 5 }, {})).status).toBe(400);
  expect((await order('POST', '/api/operator', { key }, { origin: 'http://evil.example' })).status).toBe(403);
  const headers = { 'content-type': 'application/json', origin: cluster.console };
  const broken = await fetch(`${cluster.console}/api/operator`, { method: 'POST', headers, body: '{' });
  expect([broken.status, await broken.json()]).toMatchObject([400, { code: 'bad_request' }]);
});

test('the page comes from this node only: a strict policy, no outside resource, and no foreign name', async () => {
  const page = await fetch(`${cluster.console}/`);
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  const html = await page.text();
  const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
  expect(links).toHaveLength(3);
  for (const link of links) {
    expect(link).toMatch(/^\/assets\//);
    expect((await fetch(cluster.console + link)).headers.get('cache-control')).toContain('immutable');
  }
  expect(html).toMatch(/<tr><td>server-1<td>alive/);
  expect(await statusWithHost('evil.example')).toBe(403);
});

/** `fetch` does not let one choose the Host header. */
function statusWithHost(host: string): Promise<number> {
  const { hostname, port } = new URL(cluster.console);
  return new Promise((resolve, reject) => {
    const request = rawRequest({ hostname, port, path: '/api/nodes/server-1/log', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    request.on('error', reject).end();
  });
}

test('snapshots stream to the page, each second one; the history has those before', async () => {
  const stop = new AbortController();
  const stream = await fetch(`${cluster.console}/api/stream`, { signal: stop.signal });
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream.body!) {
    text += decoder.decode(chunk, { stream: true });
    if ((text.match(/event: snapshot/g)?.length ?? 0) >= 3) break;
  }
  stop.abort();
  expect(text).toMatch(/^retry: 1000/);
  const numbers = [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
  expect(numbers[2]! - numbers[0]!).toBe(2);
  const history = (await read('/api/history')) as { number: number; nodes: object }[];
  expect(history.map(({ number }) => number)).toEqual(expect.arrayContaining(numbers));
  expect(Object.keys(history.at(-1)!.nodes)).toEqual(['server-1']);
});

test('the log of a node is there; nodes that do not exist are not found', async () => {
  const { lines } = (await read('/api/nodes/server-1/log')) as { lines: string[] };
  expect(lines.some((line) => line.includes('"ready"'))).toBe(true);
  for (const path of ['/api/nodes/nobody-1/log', '/api/nodes/..%2F..%2Fetc/log', '/api/nodes/nobody-1/diagnosis'])
    expect((await fetch(cluster.console + path)).status).toBe(404);
  expect((await fetch(`${cluster.console}/api/history?after=x`)).status).toBe(400);
});
