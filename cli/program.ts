import { Command, CommanderError } from 'commander';
import { inPlainWords } from '../corpus/errors.ts';
import { exitCodes, exitCodesInWords } from '../shared/exit-codes.ts';
import { version } from '../shared/version.ts';
import { tierlab, withExamples } from './command-line.ts';
import { exitCodeOf, UsageError } from './errors.ts';

/** Gives a command its arguments, options and action. */
type Define = (command: Command) => void;

/**
 * The `tierlab` command. Each subcommand's module is loaded when it is called: a node's process pays for nothing
 * else.
 */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<Define> }>> = {
  up: { summary: 'start a cluster', load: async () => (await import('./commands/up.ts')).upCommand },
  down: { summary: 'stop a cluster', load: async () => (await import('./commands/down.ts')).downCommand },
  topologies: {
    summary: 'list the architectures that can be started, and what each shows',
    load: async () => (await import('./commands/topologies.ts')).topologiesCommand,
  },
  compare: {
    summary: 'measure what another placement of the same components changes',
    load: async () => (await import('./commands/compare.ts')).compareCommand,
  },
  status: {
    summary: 'show the nodes of a running cluster',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  doctor: {
    summary: 'say what is wrong with this machine or the cluster, and what to do',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  scale: {
    summary: 'start or stop nodes of a group while users search',
    load: async () => (await import('./commands/scale.ts')).scaleCommand,
  },
  apply: {
    summary: 'change the topology of the running cluster while users search',
    load: async () => (await import('./commands/apply.ts')).applyCommand,
  },
  restart: {
    summary: 'restart nodes one after the other, while users search',
    load: async () => (await import('./commands/restart.ts')).restartCommand,
  },
  search: {
    summary: 'search from the terminal',
    load: async () => (await import('./commands/search.ts')).searchCommand,
  },
  tune: {
    summary: 'show which values the middleware has chosen, and why',
    load: async () => (await import('./commands/tune.ts')).tuneCommand,
  },
  policy: {
    summary: 'show or change how calls survive failures, while the cluster runs',
    load: async () => (await import('./commands/policy.ts')).policyCommand,
  },
  chaos: { summary: 'break things on purpose', load: async () => (await import('./commands/chaos.ts')).chaosCommand },
  incidents: {
    summary: 'what failed, how it was diagnosed, how it was repaired',
    load: async () => (await import('./commands/incidents.ts')).incidentsCommand,
  },
  trace: {
    summary: 'show how single requests went through the nodes, and where their time went',
    load: async () => (await import('./commands/trace.ts')).traceCommand,
  },
  logs: {
    summary: 'show the log of a node, or the lines of one request',
    load: async () => (await import('./commands/logs.ts')).logsCommand,
  },
  availability: {
    summary: 'MTBF, MTTR and availability of nodes, services and the whole system',
    load: async () => (await import('./commands/availability.ts')).availabilityCommand,
  },
  import: {
    summary: 'add the pages of a JSON-lines file to the data set',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  crawl: {
    summary: 'add the pages of a folder or a site to the data set',
    load: async () => (await import('./commands/crawl.ts')).crawlCommand,
  },
  dataset: {
    summary: 'build the data set without starting anything',
    load: async () => (await import('./commands/dataset.ts')).datasetCommand,
  },
  load: {
    summary: 'send load to the cluster, or to any server on this machine, and measure the answers',
    load: async () => {
      const { configureLoad } = await import('../loadgen/cli.ts');
      // The examples come first: the subcommands take them over for their messages.
      return (command) => configureLoad(withExamples(command, ['load'], ['load -R 200/s -d 30s --verify']));
    },
  },
  node: {
    summary: 'run one node of a topology under a watchdog of its own',
    load: async () => (await import('./commands/node.ts')).nodeCommand,
  },
};

const afterHelp = `\n${exitCodesInWords}\n\nMore about one command: ${tierlab('up --help')}`;

/** Runs one command. Returns its exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const program = new Command('tierlab')
    .description('A search engine made of components that you place on machines, load, break and repair.')
    .version(version)
    // Options after a subcommand belong to that subcommand, at every depth.
    .enablePositionalOptions()
    .exitOverride();
  withExamples(
    program,
    ['up', 'start the 21 processes of the multitier topology'],
    ['up --topology tiny --detach', 'a small one, in the background'],
    ['search domestic dog', 'search from the terminal'],
    ['status', 'which nodes run, and where'],
    ['crawl /usr/share/doc', 'search your own pages'],
    ['down', 'stop it'],
  ).addHelpText('after', afterHelp);
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program.command(name).description(summary).exitOverride();
    if (name === wanted) (await load())(command);
  }
  try {
    refuseUnknown(wanted);
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? exitCodes.done);
  } catch (thrown) {
    const isAboutFile = thrown instanceof Error && 'path' in thrown;
    const error = isAboutFile ? inPlainWords(thrown) : thrown;
    // The parser has said what is wrong.
    if (!(error instanceof CommanderError)) say(error instanceof Error ? error.message : String(error));
    return exitCodeOf(error);
  }
}

/** Without this, the parser would answer `replay --help` with the help of all commands. */
function refuseUnknown(name: string | undefined): void {
  if (name === undefined || name === 'help' || Object.hasOwn(commands, name)) return;
  throw new UsageError(
    `there is no command "${name}"; there are ${Object.keys(commands).join(', ')}\nHelp: ${tierlab('--help')}`,
  );
}

function say(message: string): void {
  process.stderr.write(`tierlab: ${message}\n`);
  if (process.env.TIERLAB_DEBUG) console.trace(message);
}
