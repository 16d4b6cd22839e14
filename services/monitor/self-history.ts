import type { SelfReport } from '../../shared/membership/self-report.ts';
import type { NodeSelf } from './evidence.ts';
import type { LatencySample } from './slowness.ts';

/** The self-reports of one incarnation over the last `windowMs`, and their differences. */
export function createSelfHistory(windowMs: number) {
  let reports: { at: number; report: SelfReport }[] = [];
  return {
    hear(report: SelfReport, now: number): void {
      // The last report before the window stays, because differences are taken against it.
      while (reports.length > 1 && reports[1]!.at <= now - windowMs) reports.shift();
      reports.push({ at: now, report });
    },
    over(): NodeSelf | undefined {
      const [first, last] = [reports[0]?.report, reports.at(-1)?.report];
      if (!first || !last) return undefined;
      const timed = last.timed - first.timed;
      return {
        ownLagMs: last.ownLagMs,
        received: last.received - first.received,
        present: last.received - first.ended,
        answered: last.answered - first.answered,
        ended: last.ended - first.ended,
        timed,
        meanMs: timed > 0 ? (last.busyMs - first.busyMs) / timed : 0,
      };
    },
    /** Mean times of its calls, from report to report. */
    moments: (): LatencySample[] =>
      reports.slice(1).flatMap(({ at, report }, i) => {
        const { timed, busyMs } = reports[i]!.report;
        const ended = report.timed - timed;
        return ended > 0 ? { at, ms: (report.busyMs - busyMs) / ended } : [];
      }),
    forget(): void {
      reports = [];
    },
  };
}
