import { Option, type Command } from 'commander';
import { exitCodes } from '../../shared/exit-codes.ts';
import { maxTtlMs } from '../../shared/faults/envelope.ts';
import type { FaultKind } from '../../shared/faults/fault.ts';
import { faultKinds, kindAndParams } from '../../shared/faults/kinds.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { namedPlace, refuseOthers, tierlab, withExamples } from '../command-line.ts';
import { dataDirOf } from '../paths.ts';
import { CommandError, UsageError } from '../errors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { createTerminal } from '../terminal.ts';
import { askController, connect } from './connection.ts';
import {
  addParameterOptions,
  asFlags,
  durationOf,
  exampleCommandOf,
  millisecondsOf,
  numberOf,
  parametersOf,
} from './parameters.ts';
import { printTable } from '../table.ts';
import { showObjections, withFlag } from './messages.ts';
import { printJson } from '../print-json.ts';

interface InjectFlags extends ClusterFlags {
  readonly target?: string;
  readonly component?: string;
  readonly group?: string;
  readonly shard?: string;
  readonly pick?: string;
  readonly ttl?: string;
  readonly startIn?: string;
  readonly seed?: string;
  readonly probability?: string;
  readonly faultId?: string;
  readonly caller?: string;
  readonly operation?: string;
  readonly direction?: string;
  readonly abortErrorShare?: string;
  readonly abortP90Ms?: string;
  readonly beyondTolerance?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

interface Injected {
  readonly id: string;
  readonly victims: readonly { readonly node: string; readonly state: string }[];
}

interface DryRun {
  readonly victims: readonly string[];
  readonly casualties: readonly string[];
  readonly objections: readonly string[];
}

const times = '\nFlags that end in -ms take a number of milliseconds, or a time such as 400ms or 2s.';

const targetHelp = ({ nodes }: FaultKind): string =>
  nodes === undefined
    ? 'the nodes to break, such as ranking-2; separate several with commas or spaces'
    : 'not needed: the parameters of this kind name the nodes';

/** One subcommand for each kind, with flags from the kind's own schema. */
export function inject(command: Command): void {
  withExamples(
    command.description('inject one fault, at some nodes, for a limited time'),
    ['chaos inject limp.latency --target ranking-2 --mean-ms 400 --ttl 30s --seed 7'],
    ['chaos inject stop.kill --component ranking --pick 1 --down-ms 2000 --ttl 10s'],
    ['chaos inject byz.rank --target ranking-1 --probability 0.5 --ttl 1m'],
    ['chaos inject net.partition --groups "ranking-1,ranking-2|ranking-3" --ttl 20s'],
    ['chaos inject stop.hang --target html-1 --ttl 10s --dry-run'],
  );
  refuseOthers(command, 'chaos inject');
  for (const kind of faultKinds.values()) {
    const sub = withClusterOptions(command.command(kind.kind).description(kind.summary).exitOverride())
      .option('--target <node...>', targetHelp(kind))
      .option('--component <name>', 'instead of --target: the nodes that host this component')
      .option('--group <name>', 'instead of --target, or besides --component: the nodes of this group')
      .option('--shard <n>', 'only the nodes of this shard')
      .option('--pick <n>', 'only this many of the nodes, drawn by the seed')
      .option('--ttl <time>', 'how long: 500ms, 30s, 5m, or a number of seconds; at most 15m; mandatory')
      .option('--start-in <time>', 'the fault begins after this time')
      .option('--seed <n>', 'the same seed hits the same requests')
      .option('--probability <share>', 'the share of requests that is hit, 0 to 1')
      .option('--caller <node>', 'only requests of this caller')
      .option('--operation <name>', 'only this operation, such as ranking.rank')
      .addOption(
        new Option(
          '--direction <message>',
          'which message net.drop, net.delay and net.reset hit (default request)',
        ).choices(['request', 'reply']),
      )
      .option('--fault-id <id>', 'a name for the fault in the journal')
      .option(
        '--abort-error-share <share>',
        'end all faults if more than this share of test searches fails (default 0.5)',
      )
      .option(
        '--abort-p90-ms <ms>',
        'end all faults if more than 10% of the test searches take longer than this (default 10000)',
      )
      .option('--beyond-tolerance', 'allow more faults at a time, and more broken nodes of a group, than the rules')
      .option(
        '--dry-run',
        'only show which nodes the fault would hit, and which rules it breaks; exit code 1 if it breaks one',
      )
      .option('--json', 'the answer of the controller, as it is');
    addParameterOptions(sub, kind);
    withExamples(sub.addHelpText('after', times), [exampleCommandOf(kind)]);
    sub.action((flags: InjectFlags) => run(kind, flags));
  }
}

async function run(kind: FaultKind, flags: InjectFlags): Promise<void> {
  const request = withAnExample(kind, () => requestOf(kind, flags));
  const connection = await connect(flags);
  const answer = await askController(
    connection,
    'POST',
    flags.dryRun ? '/faults?dryRun=true' : '/faults',
    request,
  ).catch((error: unknown) => {
    throw error instanceof CommandError ? new CommandError(withFlag(error.message)) : inFlags(kind, error);
  });
  if (flags.dryRun && (answer as DryRun).objections.length > 0) process.exitCode = exitCodes.failed;
  if (flags.json) return printJson(answer);
  const terminal = createTerminal(process.stdout);
  if (flags.dryRun) {
    const { victims, casualties, objections } = answer as DryRun;
    terminal.line(`would hit ${victims.join(', ')}; their replica groups lose: ${casualties.join(', ') || 'no node'}`);
    return showObjections(objections.map(withFlag), terminal);
  }
  const { id, victims } = answer as Injected;
  terminal.line(`${terminal.good('✓')} ${terminal.bold(id)} is in effect for ${withUnit(flags.ttl!)}`);
  printTable(
    terminal,
    ['victim', 'state'],
    victims.map(({ node, state }) => [node, state]),
  );
  const place = { portBase: connection.portBase, dataDir: dataDirOf(flags.data) };
  terminal.line(terminal.dim(`what it does:  ${tierlab('chaos list', place)}`));
  terminal.line(terminal.dim(`this ends it:  ${tierlab(`chaos heal ${id}`, place)}`));
}

/** Runs `work`. If the request is wrong, the error names the command's flags, and shows an example that works. */
function withAnExample<T>(kind: FaultKind, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inFlags(kind, error);
  }
}

function inFlags(kind: FaultKind, error: unknown): unknown {
  const isMistake = error instanceof UsageError || (error instanceof RpcError && error.code === 'bad_request');
  if (!isMistake) return error;
  return new UsageError(`${asFlags(kind, error.message)}\nExample: ${tierlab(exampleCommandOf(kind), namedPlace())}`);
}

/** The request to the controller. Throws UsageError for a value that cannot be parsed. */
function requestOf(kind: FaultKind, flags: InjectFlags): object {
  if (flags.ttl === undefined)
    throw new UsageError('--ttl is mandatory, such as 30s: no fault may outlive its experiment');
  const nodes =
    flags.target === undefined ? undefined : [flags.target].flat().flatMap((word) => word.split(',').filter(Boolean));
  const named = nodes?.length || flags.component !== undefined || flags.group !== undefined;
  if (!named && kind.nodes === undefined)
    throw new UsageError('no node is named: --target, --component or --group says which nodes are hit');
  const target = given({
    nodes,
    component: flags.component,
    group: flags.group,
    shard: number('--shard', flags.shard),
    pick: number('--pick', flags.pick),
  });
  const abortIf = given({
    errorShareAbove: number('--abort-error-share', flags.abortErrorShare),
    p90AboveMs: flags.abortP90Ms === undefined ? undefined : millisecondsOf('--abort-p90-ms', flags.abortP90Ms),
  });
  const params = parametersOf(kind, flags as unknown as Record<string, unknown>);
  kindAndParams(kind.kind, params);
  return given({
    id: flags.faultId,
    kind: kind.kind,
    target: Object.keys(target).length > 0 ? target : undefined,
    ttlMs: ttlOf(flags.ttl),
    startAt: flags.startIn === undefined ? undefined : durationOf('--start-in', flags.startIn),
    seed: number('--seed', flags.seed),
    probability: number('--probability', flags.probability),
    scope: given({ caller: flags.caller, operation: flags.operation, direction: flags.direction }),
    params,
    abortIf: Object.keys(abortIf).length > 0 ? abortIf : undefined,
    beyondTolerance: flags.beyondTolerance,
  });
}

/** Throws UsageError for a value that is no time, or too long. */
function ttlOf(text: string): number {
  const ttlMs = durationOf('--ttl', text);
  if (ttlMs > maxTtlMs) throw new UsageError(`--ttl: at most ${maxTtlMs / 60_000}m, not "${text}"`);
  return ttlMs;
}

/** A bare number is seconds. */
const withUnit = (text: string): string => (/\d$/.test(text.trim()) ? `${text.trim()} s` : text);

function given(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function number(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : numberOf(flag, text);
}
