import { faultFigures } from '../../journal/figures.ts';
import { faultWindows } from '../../journal/windows.ts';
import { percentiles } from '../../measure/histogram.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import { meanRate } from '../../options/plan.ts';
import { littlesLaw } from '../../verdict/validity.ts';
import { compareRuns } from '../compare.ts';
import { formatCount, formatDuration, formatMs, formatPercent, formatRate } from '../format.ts';
import { ratePerSecond } from '../../measure/measured.ts';
import type { RunResult } from '../../verdict/result.ts';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}

function section(title: string, hint: string, content: string): string {
  return `<section><h2>${title}</h2>${hint ? `<p class="hint">${hint}</p>` : ''}${content}</section>`;
}

export function verdictBox(run: RunResult, name: string | undefined): string {
  const head = `${name === undefined ? '' : `${escapeHtml(name)}: `}${run.valid ? 'Valid: the generator kept up, the figures are the server&#39;s' : 'Not valid: do not trust these figures'}`;
  const items = [
    ...run.reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`),
    ...run.notes.map((note) => `<li class="note">${escapeHtml(note)}</li>`),
  ];
  return `<section class="verdict${run.valid ? '' : ' no'}"><h2>${run.valid ? '✓' : '✗'} ${head}</h2>${items.length > 0 ? `<ul>${items.join('')}</ul>` : ''}</section>`;
}

export function tiles(run: RunResult): string {
  const { counts, latency, durationMs, plan } = run;
  const at = percentiles(latency.intended);
  const rate = (n: number) => formatRate(ratePerSecond(n, durationMs));
  const tile = (value: string, label: string, bad = false) =>
    `<div class="tile${bad ? ' bad' : ''}"><b>${value}</b><span>${label}</span></div>`;
  const asked = plan.model.kind === 'open' ? `sent, of ${formatRate(meanRate(plan.model))} asked` : 'sent';
  return `<div class="tiles">${[
    tile(rate(counts.sent), asked),
    tile(rate(counts.good), `goodput, right within ${formatMs(plan.sloMs)}`),
    tile(formatMs(at.p50), 'p50 from intended time'),
    tile(formatMs(at.p99), 'p99'),
    tile(formatMs(at.p999), 'p99.9'),
    tile(formatCount(counts.errors), `errors of ${formatCount(counts.asked)}`, counts.errors > 0),
    tile(
      formatCount(counts.wrong),
      counts.compared > 0 ? `wrong; ${formatCount(counts.compared)} compared` : 'wrong answers',
      counts.wrong > 0,
    ),
  ].join('')}</div>`;
}

export function latencyTable(run: RunResult, name: string | undefined): string {
  const row = (label: string, histogram: TimeHistogram) => {
    const { p50, p90, p99, p999, max } = percentiles(histogram);
    return [
      label,
      ...[histogram.meanMs(), p50, p90, p99, p999, max].map((ms) => formatMs(histogram.count > 0 ? ms : undefined)),
    ];
  };
  const { intended, sent, lateness } = run.latency;
  return section(
    `Three latencies${name === undefined ? '' : ` of ${escapeHtml(name)}`}`,
    'The first is the one to quote: it counts the wait of a request that could not be sent in time.',
    table(
      ['', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'],
      [row('from the intended time', intended), row('from sending', sent), row('lateness of sending', lateness)],
    ),
  );
}

export function thresholdList(run: RunResult): string {
  if (run.thresholds.length === 0) return '';
  const lines = run.thresholds.map(({ text, actual, unit, passed }) => {
    const shown =
      actual === undefined
        ? 'not measured'
        : { ms: formatMs, share: formatPercent, count: formatCount, rate: formatRate }[unit](actual);
    return `<div class="threshold ${passed ? 'pass' : 'fail'}"><i>${passed ? '✓' : '✗'}</i><code>${escapeHtml(text)}</code><span>${shown}</span></div>`;
  });
  return section('Thresholds', '', lines.join(''));
}

export function faultTable(run: RunResult): string {
  const figures = faultFigures(faultWindows(run.journal, run.startedAtMs), run.ticks, run.tickMs, run.durationMs);
  if (figures.length === 0) return '';
  const rows = figures.map(({ window, before, during, after, recoveredAfterMs }) => [
    escapeHtml(`${window.kind} ${window.target}`.trim()),
    `${formatDuration(Math.max(0, window.fromMs))} – ${window.toMs === Infinity ? 'end' : formatDuration(window.toMs)}`,
    formatMs(before.p99Ms),
    formatMs(during.p99Ms),
    formatMs(after.p99Ms),
    formatCount(during.errors),
    formatCount(during.wrong),
    recoveredAfterMs === undefined ? 'not seen' : formatDuration(recoveredAfterMs),
  ]);
  return section(
    'Faults',
    'p99 of the requests due before, during and after each fault. Recovered: from the injection until p99 and errors are as before for three ticks in a row.',
    table(['fault', 'when', 'p99 before', 'during', 'after', 'errors', 'wrong', 'recovered after'], rows),
  );
}

export function detailTables(run: RunResult): string {
  const little = littlesLaw(run);
  const codes = Object.entries(run.codes).toSorted((a, b) => b[1] - a[1]);
  const facts: [string, string][] = [
    ...(little
      ? [
          ['in flight (L) against λ·W', `${little.inFlight.toFixed(2)} / ${little.rateTimesLatency.toFixed(2)}`] as [
            string,
            string,
          ],
        ]
      : []),
    ...(run.gaps.intended === undefined || run.plan.model.kind === 'closed'
      ? []
      : [
          [
            'variation of gaps, asked / sent',
            `${run.gaps.intended.toFixed(2)} / ${(run.gaps.sent ?? 0).toFixed(2)}`,
          ] as [string, string],
        ]),
    ...(run.skew
      ? [['Zipf exponent, asked / drawn', `${run.skew.asked} / ${run.skew.achieved.toFixed(3)}`] as [string, string]]
      : []),
    [
      'busiest event loop of a worker',
      formatPercent(Math.max(0, ...run.workers.map((worker) => worker.loopUtilisation))),
    ],
    [
      'processor time of the generator',
      `${(run.workers.reduce((sum, worker) => sum + worker.cpuMs, 0) / 1000).toFixed(2)} s`,
    ],
  ];
  const names = Object.entries(run.names).map(([name, { done, errors }]) => [
    escapeHtml(name),
    formatCount(done),
    formatCount(errors),
  ]);
  return [
    codes.length > 0
      ? section(
          'What went wrong',
          '',
          table(
            ['code', 'requests'],
            codes.map(([code, n]) => [`<code>${escapeHtml(code)}</code>`, formatCount(n)]),
          ),
        )
      : '',
    names.length > 1 ? section('Requests', '', table(['request', 'answered', 'errors'], names)) : '',
    section('The generator itself', '', table(['', ''], facts)),
  ].join('');
}

export function comparisonTable(a: RunResult, b: RunResult, names: readonly string[]): string {
  const rows = compareRuns(a, b).map(({ name, a: from, b: to, shown, change, better }) => [
    escapeHtml(name),
    shown(from),
    shown(to),
    change === undefined
      ? '–'
      : `<span class="${better === undefined ? '' : better ? 'better' : 'worse'}">${change > 0 ? '+' : ''}${(change * 100).toFixed(1)}%</span>`,
  ]);
  return section(
    'Side by side',
    '',
    table(['', escapeHtml(names[0] ?? 'A'), escapeHtml(names[1] ?? 'B'), 'change'], rows),
  );
}
