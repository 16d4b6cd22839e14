import { Command, CommanderError } from 'commander';
import { inPlainWords } from '../corpus/errors.ts';
import { exitCodes, exitCodesInWords } from '../shared/exit-codes.ts';
import { version } from '../shared/version.ts';
import { tierlab, withExamples } from './command-line.ts';
import { exitCodeOf, UsageError } from './errors.ts';

interface CommandModule {
  /** Gives the command its arguments, options and action. */
  default(command: Command): void;
}

/**
 * The `tierlab` command. Each subcommand's module is loaded when it is called: a node's process pays for nothing
 * else.
 */
const commands: Readonly<Record<string, readonly [summary: string, load: () => Promise<CommandModule>]>> = {
  up: ['start a cluster', () => import('./commands/up.ts')],
  down: ['stop a cluster', () => import('./commands/down.ts')],
  topologies: [
    'list the architectures that can be started, and what each shows',
    () => import('./commands/topologies.ts'),
  ],
  compare: ['measure two placements of the same components, and compare them', () => import('./commands/compare.ts')],
  status: ['show the nodes of a running cluster', () => import('./commands/status.ts')],
  doctor: ['say what is wrong with this machine or the cluster, and what to do', () => import('./commands/doctor.ts')],
  scale: ['start or stop nodes of a group while users search', () => import('./commands/scale.ts')],
  apply: ['change the topology of the running cluster while users search', () => import('./commands/apply.ts')],
  restart: ['restart nodes one after the other, while users search', () => import('./commands/restart.ts')],
  search: ['search from the terminal', () => import('./commands/search.ts')],
  tune: ['show which values the middleware has chosen, and why', () => import('./commands/tune.ts')],
  policy: ['show or change the mechanisms of calls, while the cluster runs', () => import('./commands/policy.ts')],
  chaos: ['inject faults, list them and end them', () => import('./commands/chaos.ts')],
  incidents: ['what failed, how it was diagnosed, how it was repaired', () => import('./commands/incidents.ts')],
  trace: [
    'show how single requests went through the nodes, and where their time went',
    () => import('./commands/trace.ts'),
  ],
  logs: ['show the log of a node, or the lines of one request', () => import('./commands/logs.ts')],
  availability: [
    'MTBF, MTTR and availability of nodes, services and the whole system',
    () => import('./commands/availability.ts'),
  ],
  import: ['add the pages of a JSON-lines file to the data set', () => import('./commands/import.ts')],
  crawl: ['add the pages of a folder or a site to the data set', () => import('./commands/crawl.ts')],
  dataset: ['build the data set without starting anything', () => import('./commands/dataset.ts')],
  load: ['send load to the cluster, or to any server on this machine, and measure the answers', loadModule],
  node: ['run one node of a topology under a watchdog of its own', () => import('./commands/node.ts')],
};

async function loadModule(): Promise<CommandModule> {
  const { configureLoad } = await import('../loadgen/cli.ts');
  // The examples come first: the subcommands take them over for their messages.
  return { default: (load) => configureLoad(withExamples(load, ['load'], ['load -R 200/s -d 30s --verify'])) };
}

const afterHelp = `\n${exitCodesInWords}\n\nMore about one command: ${tierlab('up --help')}`;

/** Runs one command. Returns its exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const program = new Command('tierlab')
    .description('A search engine made of components. Place them on machines, send load, inject faults.')
    .version(version)
    // Options after a subcommand belong to that subcommand, at every depth.
    .enablePositionalOptions()
    .exitOverride();
  withExamples(
    program,
    ['up', 'start the 21 processes of the multitier topology'],
    ['up --topology tiny --detach', 'start a small cluster in the background'],
    ['search domestic dog', 'search from the terminal'],
    ['status', 'which nodes run, and where'],
    ['crawl /usr/share/doc', 'search your own pages'],
    ['down', 'stop the cluster'],
  ).addHelpText('after', afterHelp);
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  for (const [name, [summary, load]] of Object.entries(commands)) {
    const command = program.command(name).description(summary).exitOverride();
    if (name === wanted) (await load()).default(command);
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
