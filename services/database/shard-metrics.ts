import type { Metrics } from '../../shared/observe/metrics.ts';
import type { Found } from './index/inverted-index.ts';
import { refusals } from './index/checkpoint.ts';
import type { Shard } from './open.ts';

/** The metrics of a shard (documented in README.md). The returned function counts the work of one search. */
export function shardMetrics(metrics: Metrics, { index, openedMs, rebuilt }: Shard): (found: Found) => void {
  metrics.gauge('tierlab_database_pages', 'Pages in the shard').labels().set(index.segment.documents);
  metrics
    .gauge('tierlab_database_postings', 'Postings in the inverted index: pairs of a term and a page')
    .labels()
    .set(index.segment.docs.length);
  metrics.gauge('tierlab_database_index_bytes', 'Memory of the inverted index').labels().set(index.bytes);
  metrics
    .gauge('tierlab_database_open_seconds', 'Time to open the shard')
    .labels()
    .set(openedMs / 1000);
  const rebuilds = metrics.counter(
    'tierlab_database_checkpoint_rebuilds_total',
    'Starts that had to rebuild the index from the store',
    ['reason'],
  );
  for (const reason of refusals) rebuilds.inc({ reason }, reason === rebuilt ? 1 : 0);
  const postings = metrics.counter('tierlab_database_postings_read_total', 'Postings that searches read').labels();
  const skipped = metrics
    .counter('tierlab_database_windows_skipped_total', 'Windows of pages that searches skipped because of their bounds')
    .labels();
  return (found) => {
    postings.inc(found.postings);
    skipped.inc(found.skippedWindows);
  };
}

/** Times the syncs of files to disk, ms. */
export function syncTimes(metrics: Metrics): (syncMs: number) => void {
  const times = metrics
    .histogram('tierlab_fsync_seconds', 'Time to bring the content of a file to disk', ['store'])
    .labels({ store: 'checkpoint' });
  return (syncMs) => times.observe(syncMs / 1_000);
}
