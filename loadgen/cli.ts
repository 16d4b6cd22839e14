import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { systemClock } from '../shared/time/clock.ts';
import { systemScheduler } from '../shared/time/scheduler.ts';
import type { CommandIo } from './commands/io.ts';
import { runCommand } from './commands/run.ts';
import type { OutputFlags } from './commands/run.ts';
import type { RunFlags } from './options/cli-options.ts';
import { exitCodes, isLoadError } from './options/errors.ts';

const many = (value: string, before: string[] | undefined) => [...(before ?? []), value];

function runOptions(command: Command): Command {
  return command
    .optionsGroup('When:')
    .option('-R, --rate <rate>', 'open loop: requests per second in total, for example 2000/s')
    .option('--stages <list>', 'open loop: rates reached after each stage, for example "30s@50,1m@200,10s@0" ("0s@50" jumps)')
    .option('--arrivals <kind>', 'constant, poisson or burst:N (default: constant)')
    .option('--recorded <file>', 'open loop: one instant (ms) or { "at" } per line')
    .option('--speed <factor>', 'play recorded arrivals that much faster')
    .option('-u, --users <n>', 'closed loop: users who wait for their answers (default: 10, or -c)')
    .option('--think <time>', 'closed loop: pause after an answer; "~2s" draws exponentially with that mean')
    .option('-d, --duration <time>', 'how long (default: 10s)')
    .option('--seed <text>', 'the same seed asks the same (default: 1)')
    .option('--precise', 'never sleep between sends: a whole core for the best send times')
    .optionsGroup('What:')
    .option('--workload <name>', 'mix, search, suggest, pages, write, walk, or weights: search=60,write=10')
    .option('--scenario <file.ts>', 'sessions of your own')
    .option('--requests <file>', 'a list: a path, "METHOD path" or a JSON object per line')
    .option('-m, --method <method>', 'method for a single URL')
    .option('-b, --body <text>', 'body for a single URL; @file reads it')
    .option('-H, --header <line>', 'a header for every request; repeatable', many)
    .option('--words <file>', 'words to search for, most used first (default: the corpus)')
    .option('--vocabulary <n>', 'how many of them (default: 1000)')
    .option('--zipf <s>', 'skew of their use (default: 1)')
    .option('--depth <n>', 'walk: pages per session at most (default: 3)')
    .option('--pause <time>', 'walk: mean pause between steps (default: 500ms)')
    .optionsGroup('How:')
    .option('-c, --connections <n>', 'connections, and so requests in flight, at most (default: 256 open, one per user closed)')
    .option('-w, --workers <n>', 'worker processes (default: auto)')
    .option('--timeout <time>', 'give a request up after this (default: 10s)')
    .option('--insecure', 'accept any certificate')
    .option('--ca <file>', 'trust this authority too (PEM)')
    .option('--allow-host <host>', 'load this host though it is not this machine; repeatable', many)
    .option('--port-base <n>', 'shift of the default target, as of the cluster')
    .option('--long', 'allow more than 10 minutes or 50,000/s')
    .optionsGroup('Judging:')
    .option('--check <level>', 'none, status or schema (default: schema)')
    .option('--verify [source]', 'compare content with an oracle: recorded first (no value), from a URL, or from a file')
    .option('--save-oracle <file>', 'keep the recorded oracle')
    .option('--slo <time>', 'right answers within this are goodput (default: 1s, or the tightest latency threshold)')
    .option('-t, --threshold <text>', "'p(99)<100ms', 'error_rate<1%', 'wrong==0', ...; repeatable", many);
}

function outputOptions(command: Command): Command {
  return command
    .optionsGroup('Reports:')
    .option('--json', 'figures as JSON on stdout')
    .option('-o, --out <file>', 'keep everything measured (results.bin)')
    .option('--html <file>', 'a self-contained page')
    .option('--csv <file>', 'the timeline')
    .option('--spectrum [file]', "percentiles in wrk2's format")
    .option('-q, --quiet', 'no progress');
}

/** The `load` command for `tierlab load ...`; also the whole program of `node loadgen/main.ts`. */
export function loadCommand(): Command {
  const load = new Command('load')
    .description('send load and measure honestly: latencies from the intended time, answers verified, faults on the same chart')
    .argument('[url]', 'what to load (default: the running cluster, http://127.0.0.1:8000, with the search mix)')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride((error) => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? 0 : exitCodes.usage });
    });
  outputOptions(runOptions(load))
    .option('--journal <file>', 'the fault journal to show beside the figures')
    .option('--metrics-port <port>', "serve the run's own /metrics (0: any free port)")
    .addOption(new Option('--no-color').hideHelp())
    .action(async (url: string | undefined, flags: RunFlags & OutputFlags) => {
      await withProcess((io) => runCommand(url, flags, io));
    });
  return load;
}

/** Gives a command the process: interruption by signal, the system's clocks, the exit code; errors become one sentence. */
async function withProcess(command: (io: CommandIo) => Promise<number>): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => {
    // The second time the user means it.
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
    interrupted.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    process.exitCode = await command({
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      clock: systemClock,
      scheduler: systemScheduler,
      cores: availableParallelism(),
      signal: interrupted.signal,
      runId: randomBytes(6).toString('hex'),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`tierlab load: ${message}\n`);
    process.exitCode = isLoadError(error) ? error.exitCode : exitCodes.invalid;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
