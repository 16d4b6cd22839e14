import { meanRate } from '../options/plan.ts';
import type { LoadPlan, Think } from '../options/plan.ts';
import type { RunResult } from '../verdict/result.ts';
import type { WorkloadSpec } from '../workload/spec.ts';
import { formatCount, formatDuration, formatMs, formatRate } from './format.ts';

/** A plan in one line: "open loop, Poisson, 2,000/s for 10s over 256 connections". */
export function describePlan(plan: LoadPlan): string {
  const { model } = plan;
  const over =
    `for ${formatDuration(plan.durationMs)} over ${plan.connections} ` +
    `connection${plan.connections === 1 ? '' : 's'}`;
  const by = plan.workers > 1 ? `, ${plan.workers} workers` : '';
  if (model.kind === 'closed') return `closed loop, ${model.users} users${describeThink(model.thinkMs)} ${over}${by}`;
  const arrivals = { constant: 'constant', poisson: 'Poisson', burst: 'bursts', recorded: 'recorded' }[
    model.arrivals.kind
  ];
  const ramp = model.stages.length > 2 ? 'on average ' : '';
  const unit = model.kind === 'partly-open' ? ' sessions' : '';
  return (
    `${model.kind === 'open' ? 'open loop' : 'partly open'}, ${arrivals}, ` +
    `${ramp}${formatRate(meanRate(model))}${unit} ${over}${by}`
  );
}

function describeThink(think: Think): string {
  if (think.kind === 'none') return '';
  return think.kind === 'fixed' ? ` pausing ${formatMs(think.ms)}` : ` pausing ${formatMs(think.meanMs)} on average`;
}

/** The path and the names of its parameters. Their values may be secrets, such as `?token=...`. */
export function withoutValues(target: string): string {
  const at = target.indexOf('?');
  if (at < 0) return target;
  const parameters = target.slice(at + 1).split('&');
  const shown = parameters.map((text) => (text.includes('=') ? `${text.slice(0, text.indexOf('='))}=***` : '***'));
  return `${target.slice(0, at)}?${shown.join('&')}`;
}

export function describeWorkload(spec: WorkloadSpec): string {
  switch (spec.kind) {
    case 'url':
      return `${spec.request.method} ${withoutValues(spec.request.target)}`;
    case 'list':
      return `${spec.requests.length} requests from a list`;
    case 'mix': {
      const shares = Object.entries(spec.shares).filter(([, share]) => share > 0);
      const total = shares.reduce((sum, [, share]) => sum + share, 0);
      const parts = shares.map(([name, share]) => `${Math.round((100 * share) / total)}% ${name}`).join(', ');
      return `${parts}; ${spec.words.length} words, Zipf ${spec.skew}`;
    }
    case 'walk':
      return (
        `sessions of up to ${spec.depth} pages, pauses of ${formatMs(spec.thinkMs)}; ${spec.words.length} words, ` +
        `Zipf ${spec.skew}`
      );
    case 'scenario':
      return `scenario ${spec.file.split('/').at(-1) ?? spec.file}`;
  }
}

/** The number of wrong answers, the number that were kept, and where to find those that are not shown here. */
export function wrongAnswersKept({ counts, wrongAnswers }: RunResult, shown: number): string {
  const kept = wrongAnswers.length;
  const more = counts.wrong > kept ? `; ${formatCount(kept)} were kept` : '';
  const rest = shown < kept ? '; --json, --html and --out show all that were kept' : '';
  return `${formatCount(shown)} of ${formatCount(counts.wrong)} wrong answers are shown${more}${rest}`;
}
