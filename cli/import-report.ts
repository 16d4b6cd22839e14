import type { ImportReport } from '../corpus/report.ts';
import type { Terminal } from './terminal.ts';

const phaseNames = {
  read: 'reading pages',
  rank: 'ranking links',
  index: 'building index',
  crawl: 'crawling',
  import: 'importing',
} as const;

/** The text of the progress bar for each phase of work on the corpus. */
export const phaseName = (phase: keyof typeof phaseNames): string => phaseNames[phase];

/** The result of an import: the pages that were taken, those that were left out and why, and the next step. */
export function printReport(report: ImportReport, terminal: Terminal, stopped?: string): void {
  terminal.settle();
  const mark = report.complete ? terminal.good('✓') : terminal.warn('!');
  terminal.line(`${mark} ${report.name}: ${count(report.pages, 'page')} with ${count(report.links, 'link')} taken`);
  if (stopped !== undefined) terminal.line(`  ${terminal.warn('warning:')} it stopped early, because ${stopped}`);
  if (report.skipped > 0) {
    terminal.line(`  ${report.skipped.toLocaleString('en')} left out:`);
    for (const { reason, count } of report.reasons)
      terminal.line(`    ${count.toLocaleString('en').padStart(6)}  ${reason}`);
    for (const { where, reason } of report.examples.slice(0, 5))
      terminal.line(terminal.dim(`    e.g. ${where}: ${reason}`));
  }
  for (const { reason, count: number } of report.warnings)
    terminal.line(`  ${terminal.warn('warning:')} ${count(number, 'page')}: ${reason}`);
  for (const { where, reason } of report.warningExamples.slice(0, 5))
    terminal.line(terminal.dim(`    e.g. ${where}: ${reason}`));
  const parts = [
    ...(report.default ? ['WordNet'] : []),
    ...report.imports.map(({ name, pages }) => `${name} (${pages.toLocaleString('en')})`),
  ];
  terminal.line(`  The corpus is now ${parts.join(' + ')}. Clusters that start from now on search it.`);
  if (!report.default)
    terminal.line('  WordNet is left out; "tierlab import --reset" brings it back and drops the imports.');
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
