/**
 * npm run relevance -- [collection ...] [--data DIR] [--topology T]
 * npm run relevance -- senses            measures how often the common meaning of a word comes first (WordNet)
 *
 * Measures how good the answers are. It imports each test collection into a new cluster, asks every question in full
 * through the public API, and judges the ten best results: nDCG@10 (Jaervelin & Kekaelaeinen 2002). The licences of the
 * collections do not allow a copy here. If a collection is absent, it is skipped with a message.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fetchDirect } from '../shared/net/direct.ts';
import { exitCodeOf, InterruptedError, UsageError } from '../cli/errors.ts';
import { root } from '../cli/paths.ts';
import { onEndSignals } from '../shared/end-signals.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { collectionNames, readCollection, writePages, type Collection } from './relevance/collection.ts';
import { startSearchedCluster } from './relevance/searched-cluster.ts';
import { ambiguousWords, rankSenses } from './relevance/senses.ts';

/** The least nDCG@10. Lucene 8.7, BM25 with k1 1.2 and b 0.75, reaches 0.359 and 0.690. */
const goals: Readonly<Record<string, number>> = { cranfield: 0.38, medline: 0.7 };
const judgedResults = 10;
const sampledWords = 1_000;

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const say = (line: string) => process.stderr.write(`${line}\n`);
const interrupted = new AbortController();
onEndSignals(
  () => interrupted.abort(new InterruptedError('stopped before it was done')),
  () => process.exit(exitCodes.interrupted),
);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(`relevance: ${(error as Error).message}`);
  process.exitCode = exitCodeOf(error);
}

async function main(args: string[]): Promise<number> {
  const options = { data: { type: 'string' }, topology: { type: 'string', default: 'tiny' } } as const;
  const { values, positionals } = parse();
  const folder = path.resolve(values.data ?? path.join(root, '..', 'shared', 'relevance'));
  const present = collectionNames(folder);
  const wanted = positionals.length > 0 ? positionals : present.length > 0 ? present : Object.keys(goals);
  let missed = 0;
  for (const name of wanted) {
    if (name === 'senses') {
      const { first, reciprocalRank } = await measureSenses(values.topology);
      console.log(
        `senses: the common one comes first for ${percent(first)} of ${sampledWords} words, mean reciprocal ` +
          `rank ${reciprocalRank.toFixed(3)}`,
      );
      continue;
    }
    if (!present.includes(name)) {
      console.log(
        `skipped: ${name} (no ${name}/docs.jsonl.gz and ndcg.mjs in ` +
          `${path.relative(process.cwd(), folder) || '.'}; --data DIR names another folder)`,
      );
      continue;
    }
    const { queries, ndcg10 } = await measure(readCollection(folder, name), values.topology);
    const goal = goals[name];
    const verdict = goal === undefined ? '' : ndcg10 >= goal ? `, goal ${goal}: reached` : `, goal ${goal}: MISSED`;
    console.log(`${name}: nDCG@10 ${ndcg10.toFixed(4)} over ${queries} questions${verdict}`);
    if (goal !== undefined && ndcg10 < goal) missed++;
  }
  return missed > 0 ? 1 : 0;

  function parse() {
    try {
      return parseArgs({ args, options, allowPositionals: true });
    } catch (error) {
      throw new UsageError(
        `${(error as Error).message}\nusage: npm run relevance -- [collection ...] [--data DIR] [--topology T]`,
        { cause: error },
      );
    }
  }
}

async function measureSenses(topology: string) {
  const words = ambiguousWords(sampledWords);
  await using cluster = await startSearchedCluster(topology, undefined, say);
  say(`asking for ${words.length} words ...`);
  const found = new Map<string, string[]>();
  for (const { lemma } of words) found.set(lemma, await bestPages(cluster.url, lemma));
  return rankSenses(words, found);
}

async function measure(collection: Collection, topology: string): Promise<{ queries: number; ndcg10: number }> {
  using work = mkdtempDisposableSync(path.join(tmpdir(), 'tierlab-relevance-'));
  const pagesFile = path.join(work.path, `${collection.name}.jsonl`);
  writePages(collection.pages, pagesFile);
  await using cluster = await startSearchedCluster(topology, pagesFile, say);
  const runFile = await writeRun(collection, cluster.url);
  const verdict = execFileSync(process.execPath, [collection.judge, collection.name, runFile], { encoding: 'utf8' });
  return JSON.parse(verdict) as { queries: number; ndcg10: number };
}

/** Asks every question unchanged. Writes the run: query id TAB page id, best first. */
async function writeRun({ name, queries }: Collection, url: string): Promise<string> {
  say(`asking ${queries.length} questions ...`);
  const lines: string[] = [];
  for (const { id, q } of queries) lines.push(...(await bestPages(url, q)).map((page) => `${id}\t${page}\n`));
  const folder = path.join(root, 'reports', 'relevance');
  mkdirSync(folder, { recursive: true });
  const runFile = path.join(folder, `${name}.run.tsv`);
  writeFileSync(runFile, lines.join(''));
  say(`the run is ${path.relative(process.cwd(), runFile)}`);
  return runFile;
}

async function bestPages(url: string, q: string): Promise<string[]> {
  const address = `${url}/api/search?q=${encodeURIComponent(q)}&size=${judgedResults}`;
  const response = await fetchDirect(address, { signal: interrupted.signal });
  const answer = (await response.json()) as { results?: { id: string }[]; detail?: string };
  if (!response.ok || !answer.results) throw new Error(`"${q}" was answered with ${response.status}: ${answer.detail}`);
  return answer.results.map(({ id }) => id);
}
