import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Style } from '../../search/making.ts';
import { searchUrl } from '../../web/urls.ts';
import { runTierlab, type OwnCluster } from '../own-cluster.ts';
import { doorUrls, queries } from './session.ts';

export interface LoadFigures {
  readonly style: Style;
  /** Null when no search was answered. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Searches per second that were answered when many users asked without a pause. */
  readonly capacity: number;
  /** Searches under the fixed rate that got no right answer. */
  readonly failed: number;
  readonly sent: number;
}

/** Users that are enough to keep every node busy. */
const users = 32;

interface LoadReport {
  readonly sent: number;
  readonly right: number;
  readonly rate: { readonly done: number };
  readonly latencyMs: { readonly intended: { readonly p50: number | null; readonly p99: number | null } };
}

/** The same searches in one style at a fixed rate (open loop), then as many as the cluster answers (closed loop). */
export async function loadCluster(
  cluster: OwnCluster,
  style: Style,
  workDir: string,
  { ratePerSecond, seconds }: { readonly ratePerSecond: number; readonly seconds: number },
): Promise<LoadFigures> {
  const file = path.join(workDir, 'searches.txt');
  writeFileSync(file, queries.map((q) => `${searchUrl(q, { style })}\n`).join(''));
  const [door] = doorUrls(cluster).client;
  const load = async (...how: readonly string[]): Promise<LoadReport> =>
    JSON.parse(
      await runTierlab(['load', door!, '--requests', file, '--json', '-q', '-d', `${seconds}s`, ...how], {
        mayFail: true,
      }),
    ) as LoadReport;
  const open = await load('-R', `${ratePerSecond}/s`);
  const closed = await load('-u', String(users));
  const { p50, p99 } = open.latencyMs.intended;
  const failed = open.sent - open.right;
  return { style, p50Ms: p50, p99Ms: p99, capacity: closed.rate.done, failed, sent: open.sent };
}
