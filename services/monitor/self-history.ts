import type { SelfReport } from '../../shared/membership/self-report.ts';
import type { NodeSelf } from './evidence.ts';

/** The self-reports of one incarnation over the last `windowMs`, and what they come to. */
export function createSelfHistory(windowMs: number) {
  let reports: { at: number; report: SelfReport }[] = [];
  return {
    hear(report: SelfReport, now: number): void {
      // The last one before the window stays: differences are taken against it.
      while (reports.length > 1 && reports[1]!.at <= now - windowMs) reports.shift();
      reports.push({ at: now, report });
    },
    over(): NodeSelf | undefined {
      const [first, last] = [reports[0]?.report, reports.at(-1)?.report];
      if (!first || !last) return undefined;
      const answered = last.answered - first.answered;
      const meanMs = answered > 0 ? (last.busyMs - first.busyMs) / answered : 0;
      return { lagMs: last.lagMs, received: last.received - first.received, answered, meanMs };
    },
    forget(): void {
      reports = [];
    },
  };
}
