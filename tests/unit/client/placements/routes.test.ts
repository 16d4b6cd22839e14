import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallSystem, type SmallSystem } from '../../app/small-system.ts';

let system: SmallSystem;
beforeAll(async () => {
  system = await smallSystem(2);
});
afterAll(() => system.stop());

const get = (path: string) => system.client.inject(`/placements/${path}`);
const post = (path: string, payload: object | string) =>
  system.client.inject({
    method: 'POST',
    url: `/placements/${path}`,
    payload,
    headers: { 'content-type': 'application/json' },
  });
type Reply = Awaited<ReturnType<typeof get>>;
const problem = (reply: Reply) => [reply.statusCode, reply.json<{ code: string }>().code];
const sentence = (reply: Reply) => reply.json<{ detail: string }>().detail;

test.each([
  ['search', 'search?q=dog&page=11&order=relevance', 'page: must be a whole number from 1 to 10'],
  ['search', 'search?q=dog&page=1&order=size', 'order: must be one of: relevance, title'],
  ['search', `search?q=${'d'.repeat(201)}&page=1&order=title`, 'q: must be no longer than 200 characters'],
  ['search', 'search?page=1&order=title', 'q: is missing'],
  ['search', 'search?q=dog&page=1&order=title&more=1', 'more: is not a parameter here; there are q, page, order'],
  ['candidates', 'candidates?q=a&q=b', 'q: is given more than once'],
  ['candidates', `candidates?q=${'d'.repeat(201)}`, 'q: must be no longer than 200 characters'],
  ['parts', 'parts?term=', 'term: must be no longer than 1100 characters'],
  ['words', 'words?from=-1', 'from: must be a whole number from 0 to 100000000'],
])('%s refuses %s', async (_, path, detail) => {
  const reply = await get(path);
  expect([...problem(reply), sentence(reply)]).toEqual([400, 'bad_request', detail]);
});

test.each([
  ['press', { key: 'Escape' }, /^key: one character is wanted, or one of Enter, /],
  ['press', { key: 'ab' }, /^key: one character/],
  ['press', { key: '\u0007' }, /^key: one character/],
  ['press', { key: '\ud800' }, /^key: one character/],
  ['press', { key: '' }, /^body\.key: text of 1 to/],
  ['press', {}, /^body\.key is missing/],
  ['press', { key: 'a', session: '../x' }, /^body\.session: text of the form/],
  ['press', { key: 'a', more: 1 }, /^body\.more: there is no such field/],
  ['texts', { ids: [] }, /^body\.ids: a list \(at least 1, at most 100/],
  ['texts', { ids: Array.from({ length: 101 }, (_, i) => `p${i}`) }, /^body\.ids: a list/],
  ['texts', { ids: ['a b'] }, /^body\.ids\.0: a page id\b.*, such as "n02086723", not "a b"$/],
  ['texts', { ids: ['a', 'a'] }, /^body\.ids: a list/],
])('%s refuses %j', async (path, body, detail) => {
  const reply = await post(path, body);
  expect(problem(reply)).toEqual([400, 'bad_request']);
  expect(sentence(reply)).toMatch(detail);
});

test('what is no JSON, is too large, or comes with another method is a problem with a code', async () => {
  expect(problem(await post('press', '{'))).toEqual([400, 'bad_request']);
  expect(problem(await post('texts', { ids: ['a'.repeat(40_000)] }))).toEqual([413, 'too_large']);
  expect(problem(await get('press'))).toEqual([405, 'method_not_allowed']);
  expect(problem(await get('nothing'))).toEqual([404, 'not_found']);
});

test('a session that nobody knows has ended', async () => {
  const reply = await post('press', { key: 'a', session: 'made-up' });
  expect(problem(reply)).toEqual([404, 'not_found']);
  expect(sentence(reply)).toMatch(/\bsession\b/);
});

test('answers go through the public door: security headers and a request id', async () => {
  const reply = await get('parts?term=dog');
  expect(reply.statusCode).toBe(200);
  expect(reply.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.any(String) });
  expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
  const { parts, versions, leaseMs } = reply.json<{ parts: unknown[]; versions: object; leaseMs: number }>();
  expect([parts.length, Object.keys(versions), leaseMs]).toEqual([2, ['1', '2'], 60_000]);
});

test('the page has everything that a person needs to compare, and the gateway leads there', async () => {
  const page = (await system.client.inject('/placements')).body;
  for (const text of ['terminal', 'data-cache', 'course a, book e', 'course e, book a', 'Play it in all five'])
    expect(page).toContain(text);
  const [, script] = /src="(\/assets\/placements\.[0-9a-f]{12}\.js)"/.exec(page)!;
  expect((await system.client.inject(script!)).statusCode).toBe(200);
  expect((await system.gateway.inject('/placements')).statusCode).toBe(404);
});
