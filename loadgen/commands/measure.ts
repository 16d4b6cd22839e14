import { readJournal } from '../journal/read.ts';
import type { LoadPlan } from '../options/plan.ts';
import type { RunResult } from '../verdict/result.ts';
import { judgeThreshold } from '../verdict/thresholds.ts';
import type { Threshold } from '../verdict/thresholds.ts';
import { validity } from '../verdict/validity.ts';
import { runLoad } from '../worker/controller.ts';
import type { LoadRunOptions } from '../worker/controller.ts';

/** Runs a plan and judges the result. Every command gets its results here. */
export async function measure(
  plan: LoadPlan,
  options: LoadRunOptions & { thresholds?: readonly Threshold[]; journal?: string },
): Promise<RunResult> {
  const measured = await runLoad(plan, options);
  const endMs = measured.startedAtMs + measured.durationMs + plan.timeoutMs;
  const all = options.journal === undefined ? [] : await readJournal(options.journal);
  // Faults injected before the run may still be in force. Faults injected after the run do not concern it.
  const journal = all.filter((event) => event.at <= endMs);
  return {
    ...measured,
    journal,
    ...validity(measured),
    thresholds: (options.thresholds ?? []).map((threshold) => judgeThreshold(threshold, measured)),
  };
}
