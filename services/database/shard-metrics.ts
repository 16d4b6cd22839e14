import type { Metrics } from '../../shared/observe/metrics.ts';
import type { Found } from './index/inverted-index.ts';
import type { Shard } from './open.ts';

/** The metrics of a shard (documented in README.md). The returned function counts the work of one search. */
export function shardMetrics(metrics: Metrics, { index, openedMs, rebuilt }: Shard): (found: Found) => void {
  metrics.gauge('tierlab_database_pages', 'Pages in the shard').set(index.segment.documents);
  metrics
    .gauge('tierlab_database_postings', 'Postings in the inverted index: pairs of a term and a page')
    .set(index.segment.docs.length);
  metrics.gauge('tierlab_database_index_bytes', 'Memory of the inverted index').set(index.bytes);
  metrics.gauge('tierlab_database_open_seconds', 'Time to open the shard').set(openedMs / 1000);
  metrics
    .counter('tierlab_database_checkpoint_rebuilds_total', 'Starts that had to rebuild the index from the store', [
      'reason',
    ])
    .inc({ reason: rebuilt ?? 'missing' }, rebuilt === undefined ? 0 : 1);
  const postings = metrics.counter('tierlab_database_postings_read_total', 'Postings that searches read');
  const skipped = metrics.counter(
    'tierlab_database_windows_skipped_total',
    'Windows of pages that searches skipped because of their bounds',
  );
  return (found) => {
    postings.inc(found.postings);
    skipped.inc(found.skippedWindows);
  };
}
