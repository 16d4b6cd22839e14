import { buildPlan } from '../options/build-plan.ts';
import type { RunFlags } from '../options/cli-options.ts';
import { exitCodes } from '../../shared/exit-codes.ts';
import { isOwnLimit, loadError } from '../options/errors.ts';
import { parseInteger, parseDuration, parseRate } from '../options/quantities.ts';
import { searchCapacity } from '../find/capacity.ts';
import type { Capacity, Trial, TrialOutcome } from '../find/capacity.ts';
import { percentiles } from '../measure/histogram.ts';
import { terminalStyle } from '../report/terminal-style.ts';
import { formatMs, formatRate } from '../report/format.ts';
import type { RunResult } from '../verdict/result.ts';
import { reachedCap } from '../verdict/validity.ts';
import { missedByServer } from '../verdict/thresholds.ts';
import type { Threshold } from '../verdict/thresholds.ts';
import { constantStages } from '../schedule/profile.ts';
import type { CommandIo } from './io.ts';
import { measure } from './measure.ts';

export interface FindFlags extends Omit<RunFlags, 'slo'> {
  slo?: string[];
  from?: string;
  most?: string;
  trial?: string;
  repeats?: string;
  tolerance?: string;
  json?: boolean;
}

/** `load find --slo 'p(99)<100ms'`: the highest rate at which every objective holds. */
export async function findCommand(url: string | undefined, flags: FindFlags, io: CommandIo): Promise<number> {
  const { slo, ...rest } = flags;
  if (!slo?.length) throw loadError('bad_argument', "find needs an objective: --slo 'p(99)<100ms'");
  const trialMs = parseDuration(flags.trial ?? '3s', '--trial');
  const from = parseRate(flags.from ?? '100/s', '--from');
  const most = parseRate(flags.most ?? '20000/s', '--most');
  const repeats = parseInteger(flags.repeats ?? '3', '--repeats', 1, 25);
  const tolerance = Number((flags.tolerance ?? '5%').replace('%', '')) / 100;
  if (!(from > 0 && most >= from)) throw loadError('bad_argument', '--from must be above 0 and at most --most');
  if (!(tolerance > 0 && tolerance < 1))
    throw loadError('bad_argument', `--tolerance must be a share such as 5%, not "${flags.tolerance}"`);
  // Errors and wrong answers are no capacity, however fast they come.
  const objectives = [
    ...slo,
    ...(slo.some((text) => /error|http_req_failed/.test(text)) ? [] : ['error_rate<1%']),
    ...(slo.some((text) => text.includes('wrong')) ? [] : ['wrong==0']),
  ];
  const { plan, thresholds } = await buildPlan(
    url,
    { ...rest, rate: String(from), duration: `${trialMs}ms`, threshold: objectives },
    io.cores,
  );
  const style = terminalStyle(io.stderr);
  let number = 0;
  let last: RunResult | undefined;
  /** Why a rate failed, from its last failed trial. */
  const reasons = new Map<number, string>();

  async function trial(rate: number): Promise<TrialOutcome> {
    if (io.signal.aborted) throw loadError('interrupted', 'interrupted: no capacity was found');
    const kind = plan.model.kind === 'partly-open' ? 'partly-open' : 'open';
    // Use Poisson arrivals: evenly spaced arrivals never collide, so they would find more capacity than users get.
    const arrivals =
      plan.model.kind !== 'closed' && flags.arrivals !== undefined ? plan.model.arrivals : { kind: 'poisson' as const };
    const model = { kind, stages: constantStages(rate, trialMs), arrivals } as typeof plan.model;
    try {
      last = await measure(
        { ...plan, model, durationMs: trialMs, seed: `${plan.seed}/${++number}` },
        { ...io, thresholds },
      );
    } catch (error) {
      if (!isOwnLimit(error)) throw error;
      reasons.set(rate, error.message);
      return 'generator';
    }
    if (last.ending.kind === 'interrupted') throw loadError('interrupted', 'interrupted: no capacity was found');
    const { outcome, why } = trialVerdict(last, thresholds);
    if (why !== undefined) reasons.set(rate, why);
    return outcome;
  }

  function show({ rate, outcomes, passed }: Trial): void {
    const why = passed ? undefined : reasons.get(rate);
    const mark = passed ? style.green('✓') : style.red('✗');
    const count = `${outcomes.length} trial${outcomes.length > 1 ? 's' : ''}`;
    const p99 = formatMs(last && percentiles(last.latency.intended).p99);
    const reason = why === undefined ? '' : style.dim(`  ${why}`);
    io.stderr.write(`${mark} ${formatRate(rate).padStart(9)}  ${count}, last p99 ${p99}${reason}\n`);
  }

  const { capacity, trials } = await searchCapacity(trial, { from, most, tolerance, repeats, onTrial: show });
  const why = capacity.kind === 'above' ? undefined : reasons.get(capacity.failedAt);
  if (flags.json) io.stdout.write(`${JSON.stringify({ capacity, why, objectives, trials }, undefined, 2)}\n`);
  else io.stdout.write(`\n  ${sentence(capacity, objectives.join(' and '), why)}\n\n`);
  return capacity.kind === 'generator' || capacity.kind === 'below' ? exitCodes.failed : exitCodes.done;
}

/** Judges the server by one run. A run that the generator's own limits shaped says nothing about the server. */
export function trialVerdict(
  run: RunResult,
  thresholds: readonly Threshold[],
): { outcome: TrialOutcome; why?: string } {
  if (run.generatorAtFault) return { outcome: 'generator', why: run.reasons.join('; ') };
  const missed = run.thresholds.filter((threshold) => !threshold.passed).map((threshold) => threshold.text);
  // All connections are in use if the server is slow, or if the limit of connections is too low. The server has failed
  // only if answers are late even when the wait for a free connection does not count.
  if (reachedCap(run) && !thresholds.some((threshold) => missedByServer(threshold, run)))
    return { outcome: 'generator', why: run.reasons.join('; ') };
  if (run.valid && missed.length === 0) return { outcome: 'pass' };
  return { outcome: 'fail', why: missed.join(', ') || run.reasons.join('; ') };
}

function sentence(capacity: Capacity, objective: string, why: string | undefined): string {
  switch (capacity.kind) {
    case 'found':
      return (
        `capacity ${formatRate(capacity.rate)}: ${objective} holds there and fails at ` + formatRate(capacity.failedAt)
      );
    case 'below':
      return `no capacity: ${objective} fails even at ${formatRate(capacity.failedAt)}`;
    case 'above':
      return `capacity above ${formatRate(capacity.rate)}: ${objective} holds at the highest rate allowed (--most)`;
    case 'generator':
      return [
        `no conclusion: at ${formatRate(capacity.failedAt)} the generator itself was the limit, so ` +
          'nothing is known about the server',
        ...(why === undefined ? [] : [why]),
        ...(capacity.rate === undefined ? [] : [`${objective} holds at ${formatRate(capacity.rate)}`]),
      ].join('\n  ');
  }
}
