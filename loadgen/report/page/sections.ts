import { markup } from '../../../web/markup.ts';
import type { Interpolated, Markup } from '../../../web/markup.ts';
import { faultFigures } from '../../journal/figures.ts';
import { faultWindows } from '../../journal/windows.ts';
import { percentiles } from '../../measure/histogram.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import { ratePerSecond } from '../../measure/measured.ts';
import { meanRate } from '../../options/plan.ts';
import type { RunResult } from '../../verdict/result.ts';
import { littlesLaw } from '../../verdict/validity.ts';
import { compareRuns } from '../compare.ts';
import { wrongAnswersKept } from '../describe.ts';
import { formatActual, formatCount, formatDuration, formatMs, formatPercent, formatRate } from '../format.ts';
import { section, htmlTable } from './html.ts';

export function verdictBox(run: RunResult, name: string | undefined): Markup {
  const head = run.valid
    ? '✓ Valid: the generator kept up, so the figures describe the server'
    : '✗ Not valid: do not trust these figures';
  const items = [
    ...run.reasons.map((reason) => markup`<li>${reason}</li>`),
    ...[run.advice].flatMap((advice) => (advice === undefined ? [] : [markup`<li>${advice}</li>`])),
    ...run.notes.map((note) => markup`<li class="note">${note}</li>`),
  ];
  return markup`<section class="verdict${run.valid ? '' : ' no'}"><h2>${name !== undefined && `${name}: `}${head}</h2>${
    items.length > 0 && markup`<ul>${items}</ul>`
  }</section>`;
}

export function tiles(run: RunResult): Markup {
  const { counts, latency, durationMs, plan } = run;
  const at = percentiles(latency.intended);
  const rate = (n: number) => formatRate(ratePerSecond(n, durationMs));
  const tile = (value: string, label: string, bad = false) =>
    markup`<div class="tile${bad && ' bad'}"><b>${value}</b><span>${label}</span></div>`;
  const asked = plan.model.kind === 'open' ? `sent, of ${formatRate(meanRate(plan.model))} asked` : 'sent';
  const wrong = counts.compared > 0 ? `wrong; ${formatCount(counts.compared)} compared` : 'wrong answers';
  return markup`<div class="tiles">${[
    tile(rate(counts.sent), asked),
    tile(rate(counts.good), `goodput, right within ${formatMs(plan.sloMs)}`),
    tile(formatMs(at.p50), 'p50 from intended time'),
    tile(formatMs(at.p99), 'p99'),
    tile(formatMs(at.p999), 'p99.9'),
    tile(formatCount(counts.errors), `errors of ${formatCount(counts.asked)}`, counts.errors > 0),
    tile(formatCount(counts.wrong), wrong, counts.wrong > 0),
  ]}</div>`;
}

export function latencyTable(run: RunResult, name: string | undefined): Markup {
  const row = (label: string, histogram: TimeHistogram) => {
    const { p50, p90, p99, p999, max } = percentiles(histogram);
    const times = [histogram.meanMs(), p50, p90, p99, p999, max];
    return [label, ...times.map((ms) => formatMs(histogram.count > 0 ? ms : undefined))];
  };
  const { intended, sent, errors, lateness } = run.latency;
  return section(
    `Latencies${name === undefined ? '' : ` of ${name}`}`,
    'Quote the first row: it includes the wait of requests that could not be sent in time. Errors and wrong ' +
      'answers have their own row, because fast failures would improve the first one.',
    htmlTable(
      ['', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'],
      [
        row('from the intended time', intended),
        row('from sending', sent),
        row('errors and wrong answers', errors),
        row('lateness of sending', lateness),
      ],
    ),
  );
}

export function thresholdList(run: RunResult): Interpolated {
  if (run.thresholds.length === 0) return undefined;
  const lines = run.thresholds.map(({ text, actual, unit, passed }) => {
    const [name, mark] = passed ? ['pass', '✓'] : ['fail', '✗'];
    const shown = formatActual(actual, unit);
    return markup`<div class="threshold ${name}"><i>${mark}</i><code>${text}</code><span>${shown}</span></div>`;
  });
  return section('Thresholds', '', lines);
}

export function faultTable(run: RunResult): Interpolated {
  const figures = faultFigures(faultWindows(run.journal, run.startedAtMs), run.ticks, run.tickMs, run.durationMs);
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ window, before, during, after, recoveredAfterMs }) => [
    `${window.kind} ${window.target}`.trim(),
    `${formatDuration(Math.max(0, window.fromMs))} – ` +
      (window.toMs === Infinity ? 'end' : formatDuration(window.toMs)),
    formatMs(before.p99Ms),
    formatMs(during.p99Ms),
    formatMs(after.p99Ms),
    formatCount(during.errors),
    formatCount(during.wrong),
    recoveredAfterMs === undefined ? 'not seen' : formatDuration(recoveredAfterMs),
  ]);
  return section(
    'Faults',
    'p99 of the requests due before, during and after each fault. Recovered: the time from the injection until ' +
      'p99 and errors are as before for three ticks in a row.',
    htmlTable(['fault', 'when', 'p99 before', 'during', 'after', 'errors', 'wrong', 'recovered after'], rows),
  );
}

export function detailTables(run: RunResult): Interpolated {
  const codes = Object.entries(run.codes).toSorted((a, b) => b[1] - a[1]);
  const names = Object.entries(run.names);
  return [
    codes.length > 0 &&
      section(
        'What went wrong',
        '',
        htmlTable(
          ['code', 'requests'],
          codes.map(([code, n]) => [markup`<code>${code}</code>`, formatCount(n)]),
        ),
      ),
    names.length > 1 &&
      section(
        'Requests',
        '',
        htmlTable(
          ['request', 'answered', 'errors'],
          names.map(([name, { done, errors }]) => [name, formatCount(done), formatCount(errors)]),
        ),
      ),
    section('The generator itself', '', htmlTable(['', ''], generatorFacts(run))),
  ];
}

function generatorFacts(run: RunResult): [string, string][] {
  const little = littlesLaw(run);
  const facts: [string, string][] = [];
  if (little)
    facts.push(["Little's law, L / λ·W", `${little.inFlight.toFixed(2)} / ${little.rateTimesLatency.toFixed(2)}`]);
  if (run.gaps.intended !== undefined && run.plan.model.kind !== 'closed')
    facts.push([
      'variation of gaps, asked / sent',
      `${run.gaps.intended.toFixed(2)} / ${(run.gaps.sent ?? 0).toFixed(2)}`,
    ]);
  if (run.skew) facts.push(['Zipf exponent, asked / drawn', `${run.skew.asked} / ${run.skew.achieved.toFixed(3)}`]);
  const busiest = Math.max(0, ...run.workers.map((worker) => worker.loopUtilisation));
  const cpuMs = run.workers.reduce((sum, worker) => sum + worker.cpuMs, 0);
  return [
    ...facts,
    ['busiest event loop of a worker', formatPercent(busiest)],
    ['processor time of the generator', `${(cpuMs / 1000).toFixed(2)} s`],
  ];
}

/** The wrong answers that were kept. */
export function wrongAnswerTable(run: RunResult): Interpolated {
  if (run.wrongAnswers.length === 0) return undefined;
  const rows = run.wrongAnswers.map(({ at, question, why, expected, got, difference, nodes }) => {
    const promised = why === 'schema' ? 'the promised shape' : 'not kept by the oracle';
    return [
      markup`<code>${question}</code>`,
      at,
      nodes.join(', ') || 'not named',
      difference?.path ?? '',
      markup`<code>${difference?.expected ?? expected ?? promised}</code>`,
      markup`<code>${difference?.got ?? got}</code>`,
    ];
  });
  const head = ['question', 'when', 'made by', 'differs at', 'expected', 'got'];
  return section(
    'Wrong answers',
    wrongAnswersKept(run, rows.length),
    markup`<div class="texts">${htmlTable(head, rows)}</div>`,
  );
}

export function comparisonTable(a: RunResult, b: RunResult, names: readonly string[]): Markup {
  const rows = compareRuns(a, b).map(({ name, a: from, b: to, shown, change, better }) => [
    name,
    shown(from),
    shown(to),
    change === undefined ? '–' : changeCell(change, better),
  ]);
  return section('Side by side', '', htmlTable(['', names[0] ?? 'A', names[1] ?? 'B', 'change'], rows));
}

function changeCell(change: number, better: boolean | undefined): Markup {
  const name = better === undefined ? '' : better ? 'better' : 'worse';
  return markup`<span class="${name}">${change > 0 && '+'}${(change * 100).toFixed(1)}%</span>`;
}
