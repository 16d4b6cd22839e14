import { shardOf } from '../search/sharding.ts';
import type { SourcePage } from '../search/source-page.ts';
import { firstVersion, signPage } from '../shared/security/signing.ts';
import type { CorpusPage } from './page.ts';
import { openSources, type CorpusSources } from './sources.ts';

/** The input of a worker for one shard. The worker reads the pages itself, because sending them would cost more. */
export interface ShardJob {
  readonly dataDir: string;
  readonly sources: CorpusSources;
  /** The number of the shard, from 1. */
  readonly shard: number;
  readonly shards: number;
  /** The folder to fill. */
  readonly folder: string;
  readonly key: Uint8Array;
}

/**
 * The data that a worker needs to finish. It is known only when all sources have been read. Arrays are indexed by page.
 * Numbers are in shared memory. Ids and titles are JSON arrays, because one long string is sent faster than many short
 * ones.
 */
export interface CorpusTable {
  readonly ids: string;
  readonly titles: string;
  readonly sourceOf: Uint16Array;
  readonly popularity: Float64Array;
}

/** A page that was read before the table was complete. Its signature stays valid unless a link must be left out. */
export interface DraftPage {
  readonly page: CorpusPage;
  readonly source: number;
  readonly signature: string;
}

/** The pages of one shard, in the order of the sources. */
export function* draftPages(job: ShardJob): Generator<DraftPage, void> {
  const mine = (id: string) => shardOf(id, job.shards) === job.shard;
  for (const [source, { pages }] of openSources(job.dataDir, job.sources).entries()) {
    for (const page of pages(mine)) yield { page, source, signature: signPage(job.key, page, firstVersion) };
  }
}

/**
 * The most text that a worker reads before the table arrives. A usual shard fits; a huge shard must not fill memory.
 */
const readAheadCharacters = 2 ** 26;

/** Reads the first drafts at once, and the rest when the result is iterated. */
export function readAhead<T extends DraftPage>(drafts: Iterator<T, void>): Iterable<T> {
  const ahead: T[] = [];
  for (let characters = 0; characters < readAheadCharacters;) {
    const next = drafts.next();
    if (next.done) break;
    ahead.push(next.value);
    characters += next.value.page.body.length;
  }
  return (function* both() {
    yield* ahead;
    for (let next = drafts.next(); !next.done; next = drafts.next()) yield next.value;
  })();
}

/** Adds the titles of link targets and the popularity. Links without a target are left out. */
export function* finishPages(job: ShardJob, drafts: Iterable<DraftPage>, table: CorpusTable): Generator<SourcePage> {
  const titles = JSON.parse(table.titles) as string[];
  const numberOf = new Map((JSON.parse(table.ids) as string[]).map((id, number) => [id, number]));
  for (const { page, source, signature } of drafts) {
    const number = numberOf.get(page.id);
    // A page of a later source has the same id and replaces this page.
    if (number === undefined || table.sourceOf[number] !== source) continue;
    const links = page.links.flatMap((link) => {
      const target = numberOf.get(link.id);
      return target === undefined ? [] : [{ id: link.id, relation: link.relation, title: titles[target] ?? '' }];
    });
    const linked = { ...page, links };
    yield {
      ...linked,
      popularity: table.popularity[number] ?? 0,
      signature: links.length === page.links.length ? signature : signPage(job.key, linked, firstVersion),
    };
  }
}
