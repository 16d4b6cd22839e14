import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FindResult, Statistics } from '../../../search/find-result.ts';
import { createFinder, type Finder } from '../../../services/database/finder.ts';
import { finish } from '../../../shared/time/work.ts';
import { openShard } from '../../../services/database/open.ts';
import { findAcrossShards } from '../../../services/database/scatter.ts';
import { shardFolder, shardOf } from '../../../search/sharding.ts';
import type { SourcePage } from '../../../search/source-page.ts';
import { writeShard } from '../../../services/database/writer.ts';
import type { QueryPlan } from '../../../search/plan.ts';
import { scorer } from '../../../search/bm25f.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import type { CallOptions } from '../../../shared/rpc/upstream.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import type { Answer } from './oracle.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readableLog } from './readable-log.ts';

export const context = { deadlineAt: Infinity, signal: new AbortController().signal } as Context;

/** The pages in shards, written, opened again, and asked as the upper tiers ask. `calls` = calls to shards so far. */
export async function shardedSearch(pages: readonly SourcePage[], shards: number) {
  const folder = temporaryFolder();
  const finders: Finder[] = [];
  for (let shard = 1; shard <= shards; shard++) {
    const own = join(folder, shardFolder(shard, shards));
    await writeShard(
      own,
      pages.filter(({ id }) => shardOf(id, shards) === shard),
    );
    const opened = openShard(own, systemClock, readableLog().log);
    onTestFinished(opened.store.close);
    finders.push(createFinder(opened, () => {}));
  }
  let calls = 0;
  const database = {
    find: async (
      request: { plan: QueryPlan; size: number; statistics?: Statistics },
      _context: Context,
      options: CallOptions = {},
    ) => {
      calls++;
      return finish(finders[options.shard! - 1]!.find(request));
    },
  };
  return {
    calls: () => calls,
    find: (plan: QueryPlan, size: number, given?: Statistics) =>
      findAcrossShards(database, shards, { plan, size }, context, given),
  };
}

/** What ranking makes of candidates. */
export function ranked(plan: QueryPlan, size: number, { total, statistics, candidates }: FindResult): Answer {
  const scoring = scorer(plan.terms, statistics);
  const scored = candidates.map(({ id, frequencies, lengths: [, keywords, body], popularity }) => {
    let relevance = 0;
    for (let i = 0; i < plan.terms.length; i++) {
      const [name, inKeywords, inBody] = frequencies.slice(i * 3, i * 3 + 3) as [number, number, number];
      relevance += scoring.term(i, name, inKeywords, inBody, keywords!, body!);
    }
    return { id, score: scoring.total(relevance, popularity) };
  });
  scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return { total, statistics, ranked: scored.slice(0, size) };
}
