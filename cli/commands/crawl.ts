import type { Command } from 'commander';
import { crawl } from '../../corpus/crawl/crawl.ts';
import { withExamples } from '../command-line.ts';
import { phaseName, printReport } from '../import-report.ts';
import { onInterrupt } from '../interrupt.ts';
import { parseCount, parseFolder } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { createTerminal } from '../terminal.ts';

interface CrawlFlags {
  readonly data?: string;
  readonly name?: string;
  readonly replace?: true;
  readonly maxPages?: number;
  readonly allowHost?: readonly string[];
  readonly json?: true;
}

export default function crawlCommand(command: Command): void {
  withExamples(command, ['crawl ~/docs/manual'], ['crawl http://localhost:4000/ --name handbook --replace'])
    .argument('<folder|URL>', 'a folder or a site with HTML pages; the crawler follows its links')
    .option(
      '--name <name>',
      'the name of the import; it replaces an import of the same name (default: made from the target)',
    )
    .option('--replace', 'leave WordNet out')
    .option('--max-pages <n>', 'stop after this number of pages, and keep them', parseCount)
    .option('--allow-host <host...>', 'another machine from which the crawler may load pages')
    .option('--data <dir>', 'the folder of data sets (default ./data)', parseFolder)
    .option('--json', 'the report as one JSON document on stdout')
    .action(run);
}

async function run(target: string, flags: CrawlFlags): Promise<void> {
  const terminal = createTerminal(process.stderr);
  const report = await onInterrupt((signal) =>
    crawl(target, {
      dataDir: dataDirOf(flags.data),
      name: flags.name,
      replace: flags.replace,
      maxPages: flags.maxPages,
      allowHosts: flags.allowHost,
      signal,
      onProgress: ({ phase, done, total }) => terminal.progress(phaseName(phase), done, total ?? done),
    }),
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printReport(report, terminal, report.stopped);
}
