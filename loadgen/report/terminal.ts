import { bytes } from '../../web/numbers.ts';
import { faultFigures } from '../journal/figures.ts';
import { faultWindows } from '../journal/windows.ts';
import { percentiles } from '../measure/histogram.ts';
import type { TimeHistogram } from '../measure/histogram.ts';
import { meanRate } from '../options/plan.ts';
import { littlesLaw } from '../verdict/validity.ts';
import type { ThresholdResult } from '../verdict/thresholds.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { describePlan, describeWorkload, wrongAnswersKept } from './describe.ts';
import { formatActual, formatCount, formatDuration, formatMs, formatPercent, formatRate } from './format.ts';
import { ratePerSecond } from '../measure/measured.ts';
import type { RunResult } from '../verdict/result.ts';

/** The summary of a run as text for a terminal of 80 columns. */
export function terminalReport(run: RunResult, style: TerminalStyle): string {
  const { plan } = run;
  const sections = [
    [`${style.bold(plan.target.origin)}  ${describeWorkload(plan.workload)}`, style.dim(describePlan(plan))],
    counted(run, style),
    latencies(run, style),
    wrongAnswers(run, style),
    workload(run, style),
    faults(run, style),
    run.thresholds.map((threshold) => thresholdLine(threshold, style)),
    verdict(run, style),
  ];
  return `\n${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `  ${line}`).join('\n'))
    .join('\n\n')}\n`;
}

function counted(run: RunResult, style: TerminalStyle): string[] {
  const { counts, durationMs, plan } = run;
  const rate = (n: number) => formatRate(ratePerSecond(n, durationMs)).padStart(11);
  const row = (name: string, n: number, extra = '') =>
    `${name.padEnd(9)}${formatCount(n).padStart(11)}${rate(n)}${extra && `   ${extra}`}`;
  const codes = Object.entries(run.codes).toSorted((a, b) => b[1] - a[1]);
  const list = (wrong: boolean) =>
    codes
      .filter(([code]) => code.startsWith('wrong_') === wrong)
      .map(([code, n]) => `${code.replace('wrong_', '')} ${formatCount(n)}`)
      .join(', ');
  const total = Math.max(1, counts.right + counts.wrong + counts.errors);
  const compared = counts.compared > 0 ? `, ${formatCount(counts.compared)} compared with the right answers` : '';
  const lines = [
    row(
      'asked',
      counts.asked,
      plan.model.kind === 'open' ? style.dim(`of ${formatRate(meanRate(plan.model))} planned`) : '',
    ),
    row('sent', counts.sent),
    row('done', counts.done, style.dim(bytes(counts.bytes))),
    row('right', counts.right, style.dim(`${formatPercent(counts.right / total)}${compared}`)),
  ];
  const tinted = (n: number, text: string) => (n > 0 ? style.red(text) : text);
  lines.push(tinted(counts.wrong, row('wrong', counts.wrong, list(true))));
  lines.push(tinted(counts.errors, row('errors', counts.errors, list(false))));
  if (counts.resent > 0) lines.push(row('resent', counts.resent, style.dim('the server closed an idle connection')));
  if (run.sessions.broken > 0)
    lines.push(style.red(row('broken', run.sessions.broken, `of ${formatCount(run.sessions.started)} sessions`)));
  lines.push(style.bold(row('goodput', counts.good)) + style.dim(`   right within ${formatMs(plan.sloMs)}`));
  return lines;
}

function latencies(run: RunResult, style: TerminalStyle): string[] {
  const { intended, sent, errors, lateness } = run.latency;
  if (intended.count + errors.count === 0) return [];
  const heads = ['p50', 'p90', 'p99', 'p99.9', 'max'];
  const row = (name: string, histogram: TimeHistogram) => {
    if (histogram.count === 0) return `${name.padEnd(20)}${heads.map(() => '-'.padStart(10)).join('')}`;
    const { p50, p90, p99, p999, max } = percentiles(histogram);
    return `${name.padEnd(20)}${[p50, p90, p99, p999, max].map((ms) => formatMs(ms).padStart(10)).join('')}`;
  };
  return [
    style.dim(`${'latency'.padEnd(20)}${heads.map((head) => head.padStart(10)).join('')}`),
    style.bold(row('from intended time', intended)),
    row('from sending', sent),
    ...(errors.count > 0 ? [row('errors and wrong', errors)] : []),
    row('lateness of sending', lateness),
  ];
}

/** Wrong answers that the terminal shows; the other outputs show all that were kept. */
const mostListed = 3;

function wrongAnswers(run: RunResult, style: TerminalStyle): string[] {
  const listed = run.wrongAnswers.slice(0, mostListed);
  if (listed.length === 0) return [];
  const lines = listed.flatMap(({ at, question, why, expected, got, difference, nodes }) => {
    const by = nodes.length > 0 ? `, made by ${nodes.join(', ')}` : '';
    const shape = why === 'schema' ? 'it does not have the promised shape' : undefined;
    const where = difference === undefined ? '' : ` at ${difference.path}`;
    return [
      style.red(question.slice(0, 78)),
      style.dim(`  ${at}${by}`),
      `  expected${where}: ${oneLine(shape ?? difference?.expected ?? expected ?? 'not kept by the oracle')}`,
      `  got${where}: ${oneLine(difference?.got ?? got)}`,
    ];
  });
  return [style.dim('wrong answers'), ...lines, style.dim(wrongAnswersKept(run, listed.length))];
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ');
  return flat.length <= 70 ? flat : `${flat.slice(0, 69).replace(/[\ud800-\udbff]$/, '')}…`;
}

function workload(run: RunResult, style: TerminalStyle): string[] {
  const lines: string[] = [];
  const little = littlesLaw(run);
  if (little) lines.push(`in flight ${little.inFlight.toFixed(2)}, lambda*W ${little.rateTimesLatency.toFixed(2)}`);
  if (run.plan.model.kind !== 'closed' && run.gaps.intended !== undefined)
    lines.push(
      `variation of the gaps between arrivals: ${run.gaps.intended.toFixed(2)} asked, ` +
        `${(run.gaps.sent ?? 0).toFixed(2)} sent (0 constant, 1 Poisson)`,
    );
  if (run.skew) lines.push(`Zipf exponent ${run.skew.asked} asked, ${run.skew.achieved.toFixed(3)} drawn`);
  return lines.map((line) => style.dim(line));
}

/** Columns: three percentiles, the errors, the time until the service had recovered. */
const faultWidths = [11, 10, 10, 8, 11] as const;

function faults(run: RunResult, style: TerminalStyle): string[] {
  const figures = faultFigures(faultWindows(run.journal, run.startedAtMs), run.ticks, run.tickMs, run.durationMs);
  if (figures.length === 0) return [];
  const row = (name: string, ...cells: readonly string[]) =>
    name + cells.map((cell, i) => cell.padStart(faultWidths[i]!)).join('');
  const lines = [style.dim(row('fault'.padEnd(30), 'p99 before', 'during', 'after', 'errors', 'recovered'))];
  for (const { window, before, during, after, recoveredAfterMs } of figures) {
    const name = style.yellow(`${window.kind} ${window.target}`.slice(0, 29).padEnd(30));
    const p99s = [before, during, after].map(({ p99Ms }) => formatMs(p99Ms));
    const recovered = recoveredAfterMs === undefined ? 'no' : formatDuration(recoveredAfterMs);
    lines.push(row(name, ...p99s, String(during.errors + during.wrong), recovered));
  }
  return lines;
}

function thresholdLine(threshold: ThresholdResult, style: TerminalStyle): string {
  const { text, actual, unit, passed } = threshold;
  return `${passed ? style.green('✓') : style.red('✗')} ${text}  ${style.dim(formatActual(actual, unit))}`;
}

function verdict(run: RunResult, style: TerminalStyle): string[] {
  const head = run.valid
    ? `${style.green('✓')} valid: the generator kept up, so the figures describe the server`
    : `${style.red('✗')} ${style.red('not valid: do not trust these figures')}`;
  const { advice } = run;
  return [
    head,
    ...run.reasons.map((reason) => `  ${style.red('-')} ${reason}`),
    ...(advice === undefined ? [] : [`  ${advice}`]),
    ...run.notes.map((note) => style.dim(`  - ${note}`)),
  ];
}
