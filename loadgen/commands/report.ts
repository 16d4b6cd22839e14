import { readJournal } from '../journal/read.ts';
import { terminalStyle } from '../report/terminal-style.ts';
import { comparisonText } from '../report/compare.ts';
import { htmlReport } from '../report/page/page.ts';
import { readResult } from '../report/results-file.ts';
import type { RunResult } from '../verdict/result.ts';
import type { CommandIo } from './io.ts';
import { save, writeReports } from './run.ts';
import type { OutputFlags } from './run.ts';

/**
 * `load report FILE`: prints the report of a kept run again, in any form. It can add a journal that was written later.
 */
export async function reportCommand(file: string, flags: OutputFlags, io: CommandIo): Promise<number> {
  const result = await withJournal(await readResult(file), flags.journal);
  const { out, ...rest } = flags;
  // Writing the result back to its own file could only lose data.
  await writeReports(result, out === undefined || out === file ? rest : flags, io, (text) =>
    io.stderr.write(`${text}\n`),
  );
  return 0;
}

/** `load plot FILE`: the page. */
export async function plotCommand(
  file: string,
  flags: { out?: string; journal?: string },
  io: CommandIo,
): Promise<number> {
  const out = flags.out ?? `${file.replace(/\.bin$/, '')}.html`;
  await save(out, await htmlReport([await withJournal(await readResult(file), flags.journal)]));
  io.stderr.write(`report: ${out}\n`);
  return 0;
}

/** `load compare A B`: two runs side by side. */
export async function compareResultsCommand(
  fileA: string,
  fileB: string,
  flags: { html?: string },
  io: CommandIo,
): Promise<number> {
  const [a, b] = await Promise.all([readResult(fileA), readResult(fileB)]);
  const names: [string, string] = [nameOf(fileA), nameOf(fileB)];
  io.stdout.write(`\n${comparisonText(a, b, names, terminalStyle(io.stdout))}\n`);
  if (flags.html !== undefined) {
    await save(flags.html, await htmlReport([a, b], names));
    io.stderr.write(`report: ${flags.html}\n`);
  }
  return 0;
}

async function withJournal(result: RunResult, path: string | undefined): Promise<RunResult> {
  return path === undefined ? result : { ...result, journal: await readJournal(path) };
}

function nameOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.bin$/, '');
}
