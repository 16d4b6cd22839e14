import { availableParallelism } from 'node:os';
import { Argument, Command } from 'commander';
import { systemClock } from '../shared/time/clock.ts';
import { systemScheduler } from '../shared/time/scheduler.ts';
import type { DemoFlags } from './commands/demo.ts';
import type { FindFlags } from './commands/find.ts';
import type { CommandIo } from './commands/io.ts';
import type { PredictFlags } from './commands/predict.ts';

import type { OutputFlags } from './commands/run.ts';
import type { SweepFlags } from './commands/sweep.ts';
import type { RunFlags } from './options/cli-options.ts';
import { onEndSignals } from '../shared/end-signals.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { isLoadError } from './options/errors.ts';
import { parseDuration } from './options/quantities.ts';

const many = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/**
 * Options of a single run. Subcommands with several runs do not take these options, because these subcommands choose
 * rates, users and objectives themselves.
 */
const ofOneRun = [
  '--rate',
  '--stages',
  '--recorded',
  '--speed',
  '--users',
  '--think',
  '--verify',
  '--save-oracle',
  '--threshold',
] as const;

/** The options of a run. `refused`: those that this subcommand does not take; undefined for `load` itself. */
function runOptions(command: Command, refused?: readonly string[]): Command {
  if (refused === undefined)
    command.option(
      '--slo <time>',
      'right answers within this time are goodput (default: the shortest latency in --threshold, else 1s)',
    );
  command
    .optionsGroup('When:')
    .option('-R, --rate <rate>', 'open loop: requests per second in total, for example 2000/s')
    .option(
      '--stages <list>',
      'open loop: duration and last rate of each stage, such as "30s@50,1m@200"; "0s@50" sets a rate at once',
    )
    .option('--arrivals <kind>', 'constant, poisson, or burst:N for N requests at once (default: constant)')
    .option('--recorded <file>', 'open loop: when to send, from a file; each line is a time in ms, or JSON: {"at":ms}')
    .option('--speed <factor>', 'send recorded requests faster by this factor')
    .option('-u, --users <n>', 'closed loop: users who wait for their answers (default: the number of -c, else 10)')
    .option('--think <time>', 'closed loop: pause after an answer; "~2s": random, with a mean of 2 s (exponential)')
    .option('-d, --duration <time>', 'length of the run (default: 10s)')
    .option('--seed <text>', 'the same seed sends the same requests (default: 1)')
    .option('--precise', 'send at more exact times; uses a whole core')
    .optionsGroup('What:')
    .option('--workload <name>', 'mix, search, suggest, pages, walk, or weights: search=60,suggest=10')
    .option('--scenario <file.ts>', 'sessions of your own')
    .option('--requests <file>', 'a list: a path, "METHOD path" or a JSON object per line')
    .option('-m, --method <method>', 'method for a single URL')
    .option('-b, --body <text>', 'body for a single URL; @file reads it')
    .option('-H, --header <line>', 'a header for every request; repeatable', many)
    .option('--words <file>', 'words to search for, most used first (default: nouns of WordNet)')
    .option('--vocabulary <n>', 'how many words to use (default: 1000)')
    .option('--zipf <s>', 'Zipf exponent: 0 = all words equally often, more = the first words more often (default: 1)')
    .option('--depth <n>', 'walk: greatest number of pages per session (default: 3)')
    .option('--pause <time>', 'walk: mean pause between steps (default: 500ms)')
    .optionsGroup('How:')
    .option(
      '-c, --connections <n>',
      'greatest number of connections, and so of requests in flight (default: 256; closed loop: one per user)',
    )
    .option('-w, --workers <n>', 'worker processes (default: auto)')
    .option('--timeout <time>', 'give up a request after this time (default: 10s)')
    .option('--insecure', 'accept any certificate')
    .option('--ca <file>', 'trust this authority too (PEM)')
    .option('--allow-host <host>', 'allow load on this host, although it is another machine; repeatable', many)
    .option('--port-base <n>', 'the port base of the cluster to load, 1024 to 31000 (default: 7000)')
    .option('--data <dir>', 'has no effect: load finds the cluster by its port base alone')
    .option('--long', 'allow more than 10 minutes or 50,000/s')
    .optionsGroup('Judging:')
    .option('--check <level>', 'how far answers are checked: none, status or schema (default: schema)')
    .option(
      '--verify [source]',
      'compare answers with the right ones, from a URL or a file (default: asked from the target before the run)',
    )
    .option('--save-oracle <file>', 'keep the right answers that --verify recorded')
    .option(
      '-t, --threshold <text>',
      "what must hold: 'p(99)<100ms', 'error_rate<1%', 'wrong==0', ...; repeatable",
      many,
    );
  return refuse(command, refused ?? []);
}

/** Leaves options out of the help, and names them in an error. */
function refuse(command: Command, names: readonly string[]): Command {
  for (const option of command.options.filter(({ long }) => names.includes(long ?? ''))) {
    option.hideHelp();
    command.on(`option:${option.name()}`, () =>
      command.error(`error: load ${command.name()} does not take ${option.long}: leave it out`),
    );
  }
  return command;
}

/** Gives options of this subcommand another text, because their defaults differ from those of `load`. */
function describe(command: Command, texts: Readonly<Record<string, string>>): Command {
  for (const option of command.options) option.description = texts[option.long ?? ''] ?? option.description;
  return command;
}

/** These subcommands send in an open loop only. */
const openConnections = 'greatest number of connections, and so of requests in flight (default: 256)';

function outputOptions(command: Command): Command {
  return command
    .optionsGroup('Reports:')
    .option('--json', 'figures as JSON on stdout')
    .option('-o, --out <file>', 'write all measurements (results.bin)')
    .option('--html <file>', 'write one page with charts')
    .option('--csv <file>', 'the timeline')
    .option('--spectrum [file]', "percentiles in wrk2's format")
    .option('-q, --quiet', 'no progress');
}

/** The `load` command for `tierlab load ...`, and the whole program of `node loadgen/main.ts`. */
export function loadCommand(): Command {
  return configureLoad(new Command('load'));
}

/** Adds the options and subcommands of `load` to a command. */
export function configureLoad(load: Command): Command {
  load
    .description('send requests, check the answers, and measure latencies from the intended time of each request')
    .argument('[url]', 'target of the load (default: the running cluster, http://127.0.0.1:8000, with the search mix)')
    // Options after a subcommand belong to the subcommand.
    .enablePositionalOptions()
    .hook('preSubcommand', (_load, subcommand) => {
      const before = load.options.find((option) => load.getOptionValueSource(option.attributeName()) === 'cli');
      if (before) load.error(`error: write ${before.long} after the word "${subcommand.name()}"`);
    })
    .exitOverride();
  outputOptions(runOptions(load))
    .option('--journal <file>', 'the fault journal to show beside the figures')
    .option(
      '--metrics-port <port>',
      "serve the run's own /metrics here (default: 8700 if it is free; 0: any free port)",
    )
    .action(async (url: string | undefined, flags: RunFlags & OutputFlags) => {
      await withProcess(async (io) => (await import('./commands/run.ts')).runCommand(url, flags, io));
    });
  const find = runOptions(load.command('find').argument('[url]'), [...ofOneRun, '--duration']);
  describe(find, {
    '--arrivals': 'constant, poisson, or burst:N for N requests at once (default: poisson)',
    '--connections': openConnections,
  })
    .description('find the highest rate at which every objective holds')
    .option('--slo <threshold>', "objective: 'p(99)<100ms'; repeatable", many)
    .option('--from <rate>', 'first rate (default: 100/s)')
    .option('--most <rate>', 'highest rate (default: 20000/s)')
    .option('--trial <time>', 'length of one trial (default: 3s)')
    .option('--repeats <n>', 'trials per rate; the majority decides (default: 3)')
    .option(
      '--tolerance <share>',
      'stop when the best rate and the lowest failing rate differ by at most this share (default: 5%)',
    )
    .option('--json', 'result as JSON on stdout')
    .action((url: string | undefined, flags: FindFlags) =>
      withProcess(async (io) => (await import('./commands/find.ts')).findCommand(url, flags, io)),
    );
  const sweep = runOptions(load.command('sweep').argument('[url]'), [...ofOneRun, '--arrivals']);
  describe(sweep, {
    '--connections': 'how many requests are in flight: 1..64 (the default: 1, 2, 4, ... 64), or a list such as 1,8',
    '--duration': 'length of each run (default: 2s)',
  })
    .description('measure throughput with 1 to 64 requests in flight (-c 1..64), and fit the universal scalability law')
    .option('--repeats <n>', 'runs for each number in flight (default: 3)')
    .option('--json', 'points and fit as JSON on stdout')
    .action((url: string | undefined, flags: SweepFlags) =>
      withProcess(async (io) => (await import('./commands/sweep.ts')).sweepCommand(url, flags, io)),
    );
  const predict = runOptions(load.command('predict').argument('[url]'), [...ofOneRun, '--arrivals']);
  describe(predict, { '--connections': openConnections, '--duration': 'length of each run (default: 8s)' })
    .description('compare mean response times with the queueing models M/M/1, M/M/c and M/D/1, and explain differences')
    .option('--servers <c>', 'servers that share one queue (default: 1)')
    .option('--service <time>', 'service time (default: measured with one user)')
    .option('--utilisations <list>', 'utilisations to measure (default: 0.3,0.5,0.7,0.8)')
    .option('--json', 'rows as JSON on stdout')
    .action((url: string | undefined, flags: PredictFlags) =>
      withProcess(async (io) => (await import('./commands/predict.ts')).predictCommand(url, flags, io)),
    );
  load
    .command('demo')
    .description('show how an open and a closed loop measure a server that stalls once')
    .addArgument(new Argument('<name>', 'what to show').choices(['open-vs-closed']))
    .option('-d, --duration <time>', 'length of each run (default: 10s)')
    .option('--seed <text>', 'the same seed sends the same requests (default: 1)')
    .option('--html <file>', 'both runs on one page')
    .option('--json', 'figures as JSON on stdout')
    .action((_name: string, flags: DemoFlags) =>
      withProcess(async (io) =>
        (await import('./commands/demo.ts')).demoCommand(flags, parseDuration(flags.duration ?? '10s', '-d'), io),
      ),
    );
  outputOptions(load.command('report').argument('<results>'))
    .description('print the report of a run again, from its results.bin')
    .option('--journal <file>', 'a fault journal to show beside the figures')
    .action((file: string, flags: OutputFlags) =>
      withProcess(async (io) => (await import('./commands/report.ts')).reportCommand(file, flags, io)),
    );
  load
    .command('plot')
    .description('write the page of a run, from its results.bin')
    .argument('<results>')
    .option('-o, --out <file>', 'file of the page (default: beside the results)')
    .option('--journal <file>', 'a fault journal to show beside the figures')
    .action((file: string, flags: { out?: string; journal?: string }) =>
      withProcess(async (io) => (await import('./commands/report.ts')).plotCommand(file, flags, io)),
    );
  load
    .command('compare')
    .description('compare two runs side by side, from their results.bin')
    .argument('<a>')
    .argument('<b>')
    .option('--html <file>', 'write the comparison as a page')
    .action((a: string, b: string, flags: { html?: string }) =>
      withProcess(async (io) => (await import('./commands/report.ts')).compareResultsCommand(a, b, flags, io)),
    );
  return load;
}

/**
 * Runs a command as a process: signals interrupt it, the system's clocks time it, and its result is the exit code. An
 * error becomes one sentence.
 */
async function withProcess(command: (io: CommandIo) => Promise<number>): Promise<void> {
  const interrupted = new AbortController();
  const stopListening = onEndSignals(
    () => interrupted.abort(),
    () => process.exit(exitCodes.interrupted),
  );
  // The terminal may have been closed, or a reader such as `head` may have ended. The run still writes its files.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    process.exitCode = await command({
      stdout: process.stdout,
      stderr: process.stderr,
      clock: systemClock,
      scheduler: systemScheduler,
      cores: availableParallelism(),
      signal: interrupted.signal,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`tierlab load: ${message}\n`);
    process.exitCode = isLoadError(error) ? error.exitCode : exitCodes.failed;
  } finally {
    stopListening();
  }
}
