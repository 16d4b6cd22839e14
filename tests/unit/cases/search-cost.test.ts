import { expect, test } from 'vitest';
import { createInvertedIndex } from '../../../services/database/index/inverted-index.ts';
import { finish, type Work } from '../../../shared/time/work.ts';
import { database } from '../../../services/database/contract.ts';
import { createSlices } from '../../../services/database/slices.ts';
import { readPages } from '../../../services/database/read-pages.ts';
import type { Store } from '../../../services/database/store.ts';
import { pageView } from '../../../services/html/page.ts';
import { resultsPage } from '../../../services/html/results.ts';
import { query } from '../../../services/query/contract.ts';
import { parse } from '../../../services/query/parse.ts';
import { didYouMean } from '../../../services/query/spelling.ts';
import { buildVocabulary } from '../../../services/query/vocabulary.ts';
import { maxTerms } from '../../../search/limits.ts';
import { isRetryable } from '../../../shared/rpc/layers/retries/retryable.ts';
import type { Call } from '../../../shared/rpc/call.ts';
import { errorCodes, RpcError } from '../../../shared/rpc/errors.ts';
import { madePages, words } from '../database/made-pages.ts';
import { segmentOf } from '../database/memory.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { leastOfThree, withCpuMs } from '../../support/cpu-time.ts';

const many = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i)).join(' ');
const links = (count: number, title: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `p${i}`, title, relation: 'links to' }));
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

test.each([
  ['a phrase of 2,000 words', `"${'a '.repeat(2_000)}"`, /a phrase may hold 128 words; this one holds 2000/],
  ['a phrase in one field', `title:"${'a '.repeat(200)}"`, /a phrase may hold 128 words/],
  ['an excluded phrase', `dog -"${'the '.repeat(300)}"`, /a phrase may hold 128 words/],
  ['a phrase of a script without spaces', `"${'東'.repeat(400)}"`, /a phrase may hold 128 words/],
  ['many phrases', many(300, (i) => `"a ${i}"`), /a search may hold 32 phrases; this one holds 300/],
  ['many exclusions', `dog ${many(300, (i) => `-word${i}`)}`, /a search may hold 32 exclusions/],
])('S5 refuses %s with a code and a sentence', (_, q, sentence) => {
  expect(() => parse(q)).toThrow(expect.objectContaining({ code: 'too_costly', status: 400 }) as Error);
  expect(() => parse(q)).toThrow(sentence);
});

test.each([
  ['different words', many(1_500, (i) => `word${i}`)],
  ['words of fields', many(600, (i) => `title:w${i}`)],
  ['a script without spaces', Array.from({ length: 900 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')],
  ['numbers', many(1_000, String)],
])('S5 answers a long text of %s in part, and says so', (_, q) => {
  const { plan } = parse(q);
  expect(plan.terms.length).toBe(maxTerms);
  expect(plan.partial).toMatch(/first 128 different words/);
  expect(parse('a few words').plan.partial).toBeUndefined();
});

test.each([
  ['words in one item, after a gap', `a${'.'.repeat(1_000)}${many(140, (i) => `w${i}`).replaceAll(' ', '.')}`],
  ['a phrase with a gap', `"a${' '.repeat(1_000)}${many(127, (i) => `w${i}`)}"`],
  ['a name and many words', `${many(16, (i) => `n${i}`)} ${many(127, (i) => `w${i}`)}`],
  ['a name and categories', `a ${many(32, (i) => `category:c${i}`)} ${many(127, (i) => `w${i}`)}`],
  ['Han characters after a gap', `東${'。'.repeat(1_000)}${String.fromCodePoint(...range(0x4e00, 140))}`],
])('S5 a plan for %s keeps the bounds of its contract, so nobody calls the query node a liar', (_, q) => {
  const { plan } = parse(q);
  expect(() => query.operations.plan.checkResponse({ plan })).not.toThrow();
  expect(plan.terms.length).toBeLessThanOrEqual(maxTerms);
});

test('S5 a database node refuses a plan that no query generator makes', () => {
  const plan = { query: '', terms: [], phrases: [], exclusions: [] };
  const phrase = { terms: Array(2_000).fill('a'), positions: Array.from({ length: 2_000 }, (_, i) => i) };
  const term = { term: 'a', weight: 1 };
  for (const bad of [
    { ...plan, phrases: [phrase] },
    { ...plan, exclusions: [phrase] },
    { ...plan, terms: Array.from({ length: 5_000 }, () => term) },
    { ...plan, phrases: Array.from({ length: 500 }, () => ({ terms: ['a'], positions: [0] })) },
  ]) {
    expect(() => database.operations.find.checkRequest({ plan: bad, size: 10 })).toThrow(
      expect.objectContaining({ code: 'bad_request' }) as Error,
    );
  }
});

const pages = madePages(seededRandom('cost'), 3_000);
const echoes = Array.from({ length: 40 }, (_, i) => ({ ...pages[0]!, id: `echo${i}`, body: 'echo '.repeat(30_000) }));
const { segment } = segmentOf([...pages, ...echoes]);
const index = createInvertedIndex(segment);
const frequent = words.slice(0, 128);

test.each([
  ['the longest phrase that is allowed', `"${'echo '.repeat(128)}"`],
  ['as many terms as are allowed', frequent.join(' ')],
  ['terms that name a field', frequent.map((word) => `body:${word}`).join(' ')],
  ['phrases', many(32, (i) => `"${words[i]} ${words[i + 1]}"`)],
  ['exclusions', `${words[40]} ${many(32, (i) => `-"${words[i]} ${words[i + 1]}"`)}`],
])('S5 the work for %s comes in small pieces', (_, q) => {
  const work = index.findInPieces(parse(q).plan, 1_000, undefined);
  let greatest = 0;
  for (;;) {
    const { done, value } = work.next();
    if (done === true) break;
    greatest = Math.max(greatest, value);
  }
  // A window of 2,048 pages with 128 terms is the largest piece that cannot be parted; a page's positions of one term
  // the next.
  expect(greatest).toBeLessThan(600_000);
});

test.each([
  ['single letters', many(400_000, (i) => 'bcdefgh'[i % 7]!), many(7, (i) => 'bcdefgh'[i]!)],
  ['Han characters', String.fromCodePoint(...range(0x4e00, 50)).repeat(8_000), String.fromCodePoint(0x4e00, 0x4e01)],
  ['one Thai run', 'กรุงเทพมหานคร'.repeat(40_000), 'กรุงเทพ'],
])('S5 a passage of a very long page of %s is found in small pieces', (_, body, q) => {
  const { segment } = segmentOf([{ ...pages[0]!, body }]);
  const found = createInvertedIndex(segment).find(parse(q).plan, 1, undefined);
  const longestPieceMs = () => {
    const work = found.placeInBody(found.hits[0]!, body, 200);
    let longestMs = 0;
    for (;;) {
      const { result, cpuMs } = withCpuMs(() => work.next());
      longestMs = Math.max(longestMs, cpuMs);
      if (result.done === true) return longestMs;
    }
  };
  expect(leastOfThree(longestPieceMs)).toBeLessThan(20);
});

test('S5 the spelling of 64 short words is checked without reading all words of their first letters', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const known = Array.from(
    { length: 40_000 },
    (_, i) => `s${letters[i % 26]}${((i * 2_654_435_761) >>> 0).toString(36)}`,
  );
  const stems = letters.map((letter) => `s${letter}`);
  const sorted = [...new Set([...known, ...stems])].sort();
  const vocabulary = buildVocabulary([
    { words: sorted, documents: sorted.map(({ length }) => (length === 2 ? 9 : 1)) },
  ]);
  const q = ['ing', 'ed', 'ings'].map((end) => many(5, (i) => `s${'aeiou'[4 - i]}${end}`)).join(' ');
  const { words } = parse(`${q} ${q} ${q} ${q}`);
  expect(leastOfThree(() => withCpuMs(() => didYouMean(vocabulary, q, words)).cpuMs)).toBeLessThan(20);
});

/** A clock that the work itself moves, and a scheduler whose tasks wait until they are asked for. */
function virtual(maxSteps = Infinity) {
  let now = 0;
  const tasks: (() => void)[] = [];
  const scheduler = {
    after: (_delayMs: number, task: () => void) => (tasks.push(task), { cancel: () => {} }),
    every: () => ({ cancel: () => {} }),
  };
  const run = createSlices({ now: () => now, wall: () => now }, scheduler, { maxSteps, sliceMs: 4 });
  return {
    run,
    pass: (ms: number) => void (now += ms),
    turn: () => tasks.shift()?.(),
    *work(ms: number): Work<string> {
      for (let i = 0; i < ms; i++) {
        now++;
        yield 1_000;
      }
      return 'done';
    },
    now: () => now,
  };
}
const patient = { deadlineAt: Infinity, signal: new AbortController().signal };

test('S5 a short search that comes while a long one works waits for one slice', async () => {
  const { run, work, turn, now } = virtual();
  const ended: string[] = [];
  void run(work(100), patient).then(() => ended.push(`long at ${now()}`));
  turn();
  const before = now();
  await run(work(2), patient).then(() => ended.push('short'));
  expect(now() - before).toBeLessThanOrEqual(4 + 2);
  for (let i = 0; i < 100; i++) turn();
  await Promise.resolve();
  expect(ended).toEqual(['short', 'long at 102']);
});

test('S5 of long searches the one that has worked the least goes on', async () => {
  const { run, work, turn } = virtual();
  const ended: string[] = [];
  for (const [name, ms] of [['long', 60] as const, ['middle', 14] as const, ['shorter', 10] as const])
    void run(work(ms), patient).then(() => ended.push(name));
  for (let i = 0; i < 100; i++) turn();
  await Promise.resolve();
  expect(ended).toEqual(['shorter', 'middle', 'long']);
});

test('S5 a search that needs more steps than the budget has is refused, everywhere alike', async () => {
  const { run, work, turn } = virtual(50_000);
  const refused = expect(run(work(100), patient)).rejects.toMatchObject({ code: 'too_costly', status: 400 });
  for (let i = 0; i < 100; i++) turn();
  await refused;
});

test('S5 a search that is late through its own work is refused in time, and no other replica is asked', async () => {
  const { run, work, turn, now } = virtual();
  const answer = run(work(10_000), { ...patient, deadlineAt: 200 });
  const error: unknown = await Promise.race([
    answer.catch((thrown: unknown) => thrown),
    (async () => {
      for (let i = 0; i < 1_000; i++) {
        turn();
        await Promise.resolve();
      }
    })(),
  ]);
  expect(error).toMatchObject({ code: 'too_costly', definite: true });
  expect(now()).toBeLessThan(200);
  const call = { operation: { idempotent: true } } as Call;
  expect(isRetryable(call, error as RpcError, 'database-1-1')).toBe(false);
  expect(errorCodes.too_costly).toMatchObject({ blame: 'caller', cure: 'nothing' });
});

test('S5 a search that is late through the others may be asked elsewhere', async () => {
  const { run, work, turn, pass } = virtual();
  void run(work(20), patient);
  const answer = expect(run(work(20), { ...patient, deadlineAt: 100 })).rejects.toMatchObject({ code: 'overloaded' });
  pass(90);
  turn();
  await answer;
});

test('S5 the work ends when the caller has gone', async () => {
  const { run, work, turn, now } = virtual();
  const gone = new AbortController();
  const answer = expect(run(work(1_000), { ...patient, signal: gone.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  gone.abort(new RpcError('cancelled', 'the caller has gone'));
  turn();
  await answer;
  expect(now()).toBe(4);
});

test('S5 pages that are too long together are refused; one page is always answered', () => {
  const long = { title: '', body: 'x'.repeat(1_000_000), links: [] };
  const store = { pages: (ids: readonly string[]) => ids.map((id) => ({ ...long, id })) } as unknown as Store;
  const ids = Array.from({ length: 1_000 }, (_, i) => `p${i}`);
  expect(() => finish(readPages(store, ids))).toThrow(expect.objectContaining({ code: 'too_large' }) as Error);
  expect(finish(readPages(store, ids.slice(0, 4))).length).toBe(4);
});

test('S5 a page with 10,000 links lists 1,000 and counts the others', () => {
  const links = Array.from({ length: 10_000 }, (_, i) => ({
    id: `p${i}`,
    title: `p${i}`,
    relation: `relation ${i % 9}`,
  }));
  const page = { id: 'a', title: 'a', body: '', keywords: [], url: '/page/a', links };
  const html = pageView({ page }, made, surroundings);
  expect(html.match(/href="\/page\//g)?.length).toBe(1_000);
  expect(html).toMatch(/9,000 more links are not listed/);
});

test.each([
  ['a million ampersands', { body: '&'.repeat(1_000_000) }, /900,000 more characters are not shown.*\/api\/pages\/a</],
  ['333,000 paragraphs', { body: '&\n\n'.repeat(333_333) }, /more characters are not shown/],
  ['long titles of links', { links: links(1_000, '&'.repeat(2_000)) }, /950 more links are not listed/],
  ['one title that is too long', { links: links(1, '&'.repeat(200_000)) }, /1 more link is not listed/],
  ['long keywords', { keywords: Array.from({ length: 1_000 }, () => '&'.repeat(1_000)) }, /980 more keywords are/],
  ['many keywords', { keywords: Array.from({ length: 1_000 }, String) }, /800 more keywords are not listed/],
])('S5 a page with %s is shown in part, and blocks the event loop for less than 20 ms', (_, long, sentence) => {
  const page = { id: 'a', title: 'a', body: '', keywords: [], url: '/page/a', links: [], ...long };
  const showMs = () => {
    const { result: html, cpuMs } = withCpuMs(() => pageView({ page }, made, surroundings));
    expect(html).toMatch(sentence);
    return cpuMs;
  };
  expect(leastOfThree(showMs)).toBeLessThan(20);
});

test('S5 an explanation shows the 24 terms that count most, and the sum of the others', () => {
  const term = (i: number) => ({ term: `t${i}`, weight: 1, idf: 1, frequencies: [0, 0, 1], score: i });
  const explanation = {
    terms: Array.from({ length: 128 }, (_, i) => term(i)),
    relevance: (127 * 128) / 2,
    popularity: 0,
    popularityScore: 0,
    score: (127 * 128) / 2,
  };
  const result = { id: 'a', title: 'a', url: '/page/a', snippet: '', score: 1, explanation };
  const results = { query: 'q', terms: [], total: 1, page: 1, size: 10, results: [result], partial: 'Only a part.' };
  const html = resultsPage(results, made, surroundings);
  expect(html.match(/<th scope="row">t\d+/g)?.length).toBe(24);
  expect(html).toMatch(/104 other terms<\/th><td>5356\.000/);
  expect(html).toContain('Only a part.');
});

const made = { tookMs: 1, via: [], servedBy: [], style: 'object-based' as const };
const surroundings = { assets: {} as never, defaultStyle: 'object-based' as const };
