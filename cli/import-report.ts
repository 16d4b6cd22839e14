import type { ImportReport } from '../corpus/report.ts';
import { counted, grouped } from '../web/numbers.ts';
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
  const pages = counted(report.pages, 'page', 'pages');
  terminal.line(`${mark} ${report.name}: ${pages} with ${counted(report.links, 'link', 'links')} taken`);
  if (stopped !== undefined) terminal.line(`  ${terminal.warn('warning:')} it stopped early, because ${stopped}`);
  if (report.skipped > 0) {
    terminal.line(`  ${grouped(report.skipped)} left out:`);
    for (const { reason, count } of report.reasons) terminal.line(`    ${grouped(count).padStart(6)}  ${reason}`);
    for (const { where, reason } of report.examples.slice(0, 5))
      terminal.line(terminal.dim(`    e.g. ${where}: ${reason}`));
  }
  for (const { reason, count } of report.warnings)
    terminal.line(`  ${terminal.warn('warning:')} ${counted(count, 'page', 'pages')}: ${reason}`);
  for (const { where, reason } of report.warningExamples.slice(0, 5))
    terminal.line(terminal.dim(`    e.g. ${where}: ${reason}`));
  const parts = [
    ...(report.default ? ['WordNet'] : []),
    ...report.imports.map(({ name, pages }) => `${name} (${grouped(pages)})`),
  ];
  terminal.line(`  The corpus is now ${parts.join(' + ')}. Clusters that start from now on search it.`);
  if (!report.default)
    terminal.line('  WordNet is left out; "tierlab import --reset" brings it back and drops the imports.');
}
