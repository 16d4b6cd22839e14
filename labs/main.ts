import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { InterruptedError } from '../cli/errors.ts';
import { parseCount, parseFolder, parsePortBase } from '../cli/options.ts';
import { endWhenOutputIsLost } from '../cli/output-lost.ts';
import { root } from '../cli/paths.ts';
import { createTerminal } from '../cli/terminal.ts';
import { watchParent } from '../shared/parent-watch.mjs';
import { all } from './commands/all.ts';
import { audit } from './commands/audit.ts';
import { type AttachFlags, formOf, type FormFlags, labOf, ownerOf, placeOf, studentIn } from './commands/choose.ts';
import { classOf } from './commands/class.ts';
import { explainLab } from './commands/explain.ts';
import { hint } from './commands/hint.ts';
import { list } from './commands/list.ts';
import { report } from './commands/report.ts';
import { restore } from './commands/restore.ts';
import { type LabRunFlags, runInTerminal } from './commands/run.ts';
import type { ServeFlags } from './commands/serve.ts';
import { verifyHandIn } from './commands/verify.ts';
import { labs } from './registry.ts';
import { LabUnknownError, LabUsageError, labExitCodes } from './runner/errors.ts';
import { homeAt, type Home } from './runner/home.ts';

interface OwnerFlags {
  readonly seed?: number;
  readonly student?: string;
}

interface HomeFlag {
  readonly home: string;
  readonly json?: true;
}

const terminal = createTerminal(process.stderr);
const out = createTerminal(process.stdout);

function seed(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number of at most 15 digits is wanted.');
  return Number(text);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535)
    throw new InvalidArgumentError('a whole number from 0 to 65535 is wanted.');
  return value;
}

const homeOption = (): Option =>
  new Option('--home <folder>', 'the folder that holds data/labs and reports/labs')
    .default(root)
    .env('TIERLAB_LABS_HOME');

const studentOf = (text: string): string => studentIn(text, '--student');

const program = new Command('npm run lab --')
  .description('Labs: predict a number, measure it, explain the difference.')
  .enablePositionalOptions()
  .exitOverride()
  .showHelpAfterError('Example: npm run lab -- 10')
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'lab: ')) })
  .argument('[lab]', 'the number or the name of a lab; without it: the list')
  .option('--predict <values>', 'your predictions, separated by commas, such as 20ms,50,5%')
  .option('--because <text>', 'the reason for your predictions')
  .option('--yes', 'run without a prediction')
  .option('--seed <number>', 'the seed of all random draws', seed)
  .option('--student <id>', 'your name: each name gets other numbers', studentOf)
  .option('--live', 'run on real processes')
  .option('--virtual', 'run in virtual time: the same seed gives the same results')
  .option('--attach', 'run on your own cluster that is up: Grafana shows the lab')
  .option('--port-base <port>', 'with --attach: the first port of that cluster (default 7000)', parsePortBase)
  .option('--data <dir>', 'with --attach: the data folder of that cluster (default ./data)', parseFolder)
  .addOption(
    new Option('--cluster-host <name>', 'with --attach, in a container: the name of a node of the cluster').env(
      'TIERLAB_CLUSTER_HOST',
    ),
  )
  .addOption(homeOption())
  .option('--json', 'the result as JSON on stdout')
  .hook('preSubcommand', (own, sub) => {
    const given = own.options.find((option) => own.getOptionValueSource(option.attributeName()) === 'cli');
    if (given)
      throw new LabUsageError(`${given.long} has no effect before "${sub.name()}"; write it after the command`);
  })
  .addHelpText('after', '\nExit codes: 0 pass, 1 fail, 2 unknown, 3 wrong option or argument, 130 interrupted.')
  .action(async (name: string | undefined, flags: LabRunFlags & OwnerFlags & FormFlags & AttachFlags & HomeFlag) => {
    const home = homeAt(flags.home);
    if (name === undefined) return list(home, out, flags.json === true);
    const lab = labOf(name);
    const form = formOf(lab, flags);
    const attach = placeOf(lab, form, flags);
    const options = { lab, form, owner: ownerOf(flags), home, json: flags.json === true, attach };
    process.exitCode = (await runInTerminal(options, flags, terminal)).code;
  });

/** A subcommand with `--home`. */
function command(name: string, summary: string): Command {
  const [word] = name.split(' ');
  return program
    .command(name)
    .description(summary)
    .exitOverride()
    .showHelpAfterError(`Help: npm run lab -- ${word} --help`)
    .addOption(homeOption());
}

const at = ({ home }: HomeFlag): Home => homeAt(home);

command('list', 'all labs, your progress, and the next one')
  .option('--json', 'as JSON')
  .action((flags: HomeFlag) => list(at(flags), out, flags.json === true));
command('hint <lab>', 'the next of three hints: concept, formula, example').action((name: string, flags: HomeFlag) =>
  hint(labOf(name), at(flags), out),
);
command('report <lab>', 'the path of the last report').action((name: string, flags: HomeFlag) =>
  report(labOf(name), at(flags), out),
);
command('explain <lab> <text>', 'add your explanation to the last hand-in and report').action(
  (name: string, text: string, flags: HomeFlag) => explainLab(labOf(name), text, at(flags), out),
);
command('restore', 'clean up after a lab that was killed').action((flags: HomeFlag) => restore(at(flags), out));
command('serve', 'all labs as pages in the browser, until Ctrl-C')
  .option('--port <number>', 'the port of the pages', port, 8_095)
  .option('--host <address>', 'the address to listen at; 0.0.0.0 in a container', '127.0.0.1')
  .option('--published-port <number>', 'the port in the printed address, if a container publishes another port', port)
  .action(async (flags: ServeFlags) => {
    // Only this command needs the web server.
    const { serve } = await import('./commands/serve.ts');
    process.exitCode = await serve(flags, terminal);
  });
command('all', 'every lab, one after the other')
  .requiredOption('--yes', 'run without predictions')
  .option('--seed <number>', 'the seed of all random draws', seed)
  .option('--student <id>', 'the name of the student whose numbers are used', studentOf)
  .option('--live', 'on real processes, where a lab has both forms')
  .option('--virtual', 'in virtual time, where a lab has both forms')
  .action(async (flags: OwnerFlags & FormFlags & HomeFlag) => {
    process.exitCode = await all(ownerOf(flags), at(flags), flags, terminal);
  });
command('verify <file>', 'say whether somebody edited a hand-in; repeats a virtual run').action(
  async (file: string) => {
    process.exitCode = await verifyHandIn(file, out);
  },
);
command('class <folder>', 'read many hand-ins: who passed, how good the predictions are, what was edited').action(
  (folder: string) => classOf(folder, out),
);
command('audit [lab...]', 'test the checks of the labs, in virtual time')
  .option('--runs <number>', 'correct runs per lab', parseCount, 1_000)
  .action(async (names: readonly string[], { runs: correctRuns }: { readonly runs: number }) => {
    process.exitCode = await audit(names.length === 0 ? labs : names.map(labOf), correctRuns, out);
  });

endWhenOutputIsLost();
watchParent(() => process.kill(process.pid, 'SIGTERM'));
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}

/** Says why the command failed. Returns its exit code. */
function reportFailure(error: unknown): number {
  terminal.settle();
  if (error instanceof CommanderError) return error.exitCode === 0 ? labExitCodes.passed : labExitCodes.usage;
  if (error instanceof InterruptedError) {
    terminal.line('lab: interrupted; nothing is left running, and no attempt is counted');
    return labExitCodes.interrupted;
  }
  if (error instanceof LabUnknownError) {
    terminal.line(`lab: ? UNKNOWN  ${error.message}. It costs no attempt. Next: ${error.next}`);
    return labExitCodes.unknown;
  }
  terminal.line(`lab: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof LabUsageError ? labExitCodes.usage : labExitCodes.failed;
}
