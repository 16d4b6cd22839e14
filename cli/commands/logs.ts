import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { parseLogLine } from '../../shared/observe/log-line.ts';
import { createRedactor } from '../../shared/observe/redact.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { namedPlace, tierlab, withExamples } from '../command-line.ts';
import { CommandError, UsageError } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { isWanted, type LogFilter, prettyLine } from '../logs/log-line.ts';
import { readEnd, readFrom } from '../logs/read-end.ts';
import { parseCount, parseSpan, withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { logDirOf, portBaseOf, readRunFile } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';

interface LogFlags extends ClusterFlags {
  readonly follow?: true;
  readonly trace?: string;
  readonly since?: number;
  readonly lines: number;
  readonly json?: true;
}

/** At most this many bytes at the end of a log are read. */
const maxBytes = 16 * 1024 * 1024;
const followEveryMs = 250;

export default function logsCommand(command: Command): void {
  withExamples(
    withClusterOptions(command),
    ['logs app-1', 'its last 50 lines'],
    ['logs app-1 -f', 'the same, and then each new line'],
    ['logs gateway-1 --trace ID --since 10m', 'the lines of one request'],
  )
    .argument('<node>', 'the node whose log is shown, such as app-1')
    .option('-f, --follow', 'go on, and show new lines until Ctrl-C')
    .option('--trace <id>', 'only lines of this request: a request id or a trace id')
    .option('--since <time>', 'only lines of the last 30s, 10m or 1h', parseSpan)
    .option('--lines <n>', 'how many of the last lines', parseCount, 50)
    .option('--json', 'the lines as they are, one JSON document each')
    .addHelpText('after', '\nSecrets are left out. In containers: docker compose logs <node>')
    .action(run);
}

async function run(node: string, flags: LogFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const dataDir = dataDirOf(flags.data);
  const file = logFileOf(node, logDirOf(dataDir, portBase));
  const token = readRunFile(dataDir, portBase)?.token;
  const redact = createRedactor(token === undefined ? [] : [token]);
  const terminal = createTerminal(process.stdout);
  const filter: LogFilter = {
    id: flags.trace,
    sinceMs: flags.since === undefined ? undefined : Date.now() - flags.since,
  };
  const wanted = (texts: readonly string[]) => texts.filter((text) => isWanted(parseLogLine(text), filter));
  const show = (texts: readonly string[]): void => {
    for (const text of texts.map(redact)) terminal.line(flags.json ? text : prettyLine(parseLogLine(text), terminal));
  };

  const { lines, cut, offset } = readEnd(file, maxBytes);
  const found = wanted(lines);
  show(found.slice(-flags.lines));
  if (found.length < flags.lines && cut)
    process.stderr.write(`tierlab: only the last ${maxBytes / 1024 / 1024} MB of ${file} were read\n`);
  if (found.length === 0 && !flags.follow) process.stderr.write(`tierlab: ${node} has no such line\n`);
  if (!flags.follow) return;
  await onInterrupt(async (signal) => {
    let at = offset;
    while (!signal.aborted) {
      const more = readFrom(file, at, maxBytes);
      at = more.offset;
      show(wanted(more.lines));
      await sleep(systemScheduler, followEveryMs, signal).catch(() => undefined);
    }
  });
}

/** Throws an error that names the nodes that have a log. */
function logFileOf(node: string, dir: string): string {
  const nodes = existsSync(dir)
    ? readdirSync(dir).flatMap((name) => (name.endsWith('.log') ? [path.basename(name, '.log')] : []))
    : [];
  if (nodes.length === 0)
    throw new CommandError(
      process.env.TIERLAB_HOSTS === 'by-name'
        ? `nodes in containers log to the container: docker compose logs ${node}`
        : `there are no logs in ${dir}. --port-base and --data name a cluster; ` +
            `this starts one: ${tierlab('up', namedPlace())}`,
    );
  if (!nodes.includes(node))
    throw new UsageError(`no node ${node} has a log; there are ${nodes.toSorted().join(', ')}`);
  return path.join(dir, `${node}.log`);
}
