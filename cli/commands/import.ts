import type { Command } from 'commander';
import { importPages } from '../../corpus/import.ts';
import { resetSources } from '../../corpus/sources.ts';
import { tierlab, withExamples } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import { phaseName, printReport } from '../import-report.ts';
import { onInterrupt } from '../interrupt.ts';
import { parseFolder } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { createTerminal } from '../terminal.ts';

interface ImportFlags {
  readonly data?: string;
  readonly name?: string;
  readonly replace?: true;
  readonly reset?: true;
  readonly json?: true;
}

export default function importCommand(command: Command): void {
  withExamples(command, ['import pages.jsonl'], ['import pages.jsonl --replace --name mine'], ['import --reset'])
    .argument('[file]', 'JSON lines, one page on each: { id, title, body?, keywords?, url?, links? }')
    .option('--name <name>', 'the name of the import; it replaces an import of the same name (default: the file name)')
    .option('--replace', 'leave WordNet out')
    .option('--reset', 'drop all imports and bring WordNet back')
    .option('--data <dir>', 'the folder of data sets (default ./data)', parseFolder)
    .option('--json', 'the report as one JSON document on stdout')
    .action(run);
}

async function run(file: string | undefined, flags: ImportFlags): Promise<void> {
  const terminal = createTerminal(process.stderr);
  const dataDir = dataDirOf(flags.data);
  if (flags.reset) {
    if (file !== undefined) throw new UsageError('--reset drops all imports: it takes no file');
    await resetSources(dataDir);
    return terminal.line('the corpus is WordNet again; imports are dropped');
  }
  if (file === undefined) throw new UsageError(`which file? For example: ${tierlab('import pages.jsonl')}`);
  const report = await onInterrupt((signal) =>
    importPages(file, {
      dataDir,
      name: flags.name,
      replace: flags.replace,
      signal,
      onProgress: ({ phase, done, total }) => terminal.progress(phaseName(phase), done, total ?? done),
    }),
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printReport(report, terminal);
}
