import { shardOf } from '../services/database/sharding.ts';
import type { SourceLink, SourcePage } from '../services/database/source.ts';
import { firstVersion, signPage } from '../shared/security/signing.ts';
import { openSources, type Sources } from './sources.ts';

/** All that a worker needs to make one shard: numbers are shared, not copied; texts it reads from the sources itself. */
export interface ShardJob {
  readonly dataDir: string;
  readonly sources: Sources;
  /** 1-based. */
  readonly shard: number;
  readonly shards: number;
  /** The folder to fill. */
  readonly folder: string;
  readonly key: Uint8Array;
  /** By page, as in the graph; ids and titles are joined by line feeds, which neither of them holds. */
  readonly ids: string;
  readonly titles: string;
  readonly sourceOf: Uint16Array;
  readonly popularity: Float64Array;
}

/** The pages of one shard, linked, rated and signed, in the order of the sources. */
export function* shardPages(job: ShardJob): Generator<SourcePage> {
  const ids = job.ids.split('\n');
  const titles = job.titles.split('\n');
  const numberOf = new Map(ids.map((id, number) => [id, number]));
  const mine = (source: number) => (id: string) =>
    shardOf(id, job.shards) === job.shard && job.sourceOf[numberOf.get(id) ?? -1] === source;

  for (const [source, { pages }] of openSources(job.dataDir, job.sources).entries()) {
    for (const page of pages(mine(source))) {
      const links: SourceLink[] = [];
      for (const link of page.links) {
        const target = numberOf.get(link.id);
        if (target !== undefined) links.push({ id: link.id, relation: link.relation, title: titles[target] ?? '' });
      }
      const linked = { ...page, links };
      const popularity = job.popularity[numberOf.get(page.id) ?? -1] ?? 0;
      yield { ...linked, popularity, signature: signPage(job.key, linked, firstVersion) };
    }
  }
}
