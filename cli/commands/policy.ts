import type { Command } from 'commander';
import { namedPlace, quoted, tierlab, withExamples } from '../command-line.ts';
import { mechanismNames, mechanismRow } from '../../shared/rpc/mechanisms.ts';
import { type Policy, resolvePolicy } from '../../shared/rpc/policy.ts';
import { presetNames } from '../../shared/rpc/presets.ts';
import { askNodes, failureLine } from '../ask-nodes.ts';
import { chooseNodes, statesOf } from '../choose-nodes.ts';
import { CommandError, UsageError } from '../errors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { summarisePolicy } from '../policy-summary.ts';
import { refuseFewVoters } from '../refuse-few-voters.ts';
import { operatorToken, portBaseOf } from '../run-file.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { askPort, fetchStatus } from '../watchdog-client.ts';
import { printJson } from '../print-json.ts';
import { parseWrittenJson } from '../../shared/schema/written-json.ts';

interface PolicyFlags extends ClusterFlags {
  readonly node?: readonly string[];
  readonly json?: true;
}

const help = `
A change names mechanisms. true switches a mechanism on with its defaults, and false switches it off. An object such as
{"by":"round_robin"} switches it on with these settings. The other settings of this mechanism have their defaults.
Mechanisms that the change does not name stay as they are at each node. With "base":"resilient", they get the settings
of that preset.

A node that is restarted keeps its policy, but a container that is started again gets the policy of the topology. A node
that "scale" or "apply" starts gets the policy of the running nodes with the same work. If their policies differ, the
new node gets the policy of the topology.

Mechanisms:
${mechanismNames.map((name) => `  ${name.padEnd(18)}${mechanismRow(name).does.replaceAll('`', '')}`).join('\n')}`;

export default function policyCommand(command: Command): void {
  withExamples(
    withClusterOptions(command).addHelpText('after', help),
    ['policy'],
    ['policy naive'],
    [`policy '{"retry":true}'`, 'the present policy, with retries'],
    [`policy '{"base":"resilient","hedge":false}'`, 'a preset without hedges'],
    [`policy '{"balance":{"by":"round_robin"}}' --node app-1`],
  )
    .argument(
      '[policy]',
      `${presetNames.join(', ')}, or a change of the present policy, as JSON (default: shows the policy)`,
    )
    .option('--node <id...>', 'only these nodes')
    .option('--json', 'every setting of every node as one JSON document on stdout')
    .action(run);
}

/** Changes the resilience policy of the nodes, from the next call on, without a restart. */
async function run(wanted: string | undefined, flags: PolicyFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const file = wanted === undefined ? undefined : parsePolicy(wanted);
  const { nodes } = await fetchStatus(portBase);
  const { ready, leftOut } = chooseNodes(nodes, flags.node);
  if (file !== undefined && changesVotes(file)) refuseFewVoters(resolvePolicy(file), nodes);
  const init = file === undefined ? {} : order(file, dataDirOf(flags.data), portBase);
  const asked = await askNodes(ready, ({ host, opsPort }) => askPort({ host, port: opsPort }, '/admin/policy', init));
  const policies = asked.answers as ReadonlyMap<string, Policy>;
  if (flags.json) printJson(Object.fromEntries(policies));
  const terminal = createTerminal(flags.json ? process.stderr : process.stdout);
  if (file !== undefined)
    terminal.line(
      `${policies.size} of ${ready.length} ready nodes took ${wanted}, and use it from their next call on:`,
    );
  if (!flags.json) show(policies, terminal, flags.node === undefined);
  if (leftOut.length > 0) terminal.line(terminal.dim(`left out, because not ready: ${statesOf(leftOut)}`));
  if (asked.failures.size > 0)
    throw new CommandError(failureLine(asked, file === undefined ? 'did not answer' : 'were not changed'));
}

const changesVotes = (file: unknown): boolean => isObject(file) && ('base' in file || 'quorum' in file);

function order(file: unknown, dataDir: string, portBase: number) {
  return { method: 'POST', token: operatorToken(dataDir, portBase, 'change a policy'), body: file } as const;
}

/**
 * Groups nodes with the same policy, the smallest group first. If all have the same policy, the line names only nodes
 * that the user named.
 */
function show(policies: ReadonlyMap<string, Policy>, terminal: Terminal, everybody: boolean): void {
  const groups = [...Map.groupBy(policies, ([, each]) => JSON.stringify(each)).values()];
  for (const same of groups.sort((a, b) => a.length - b.length)) {
    const { preset, differences } = summarisePolicy(same[0]![1]);
    const ids = everybody && groups.length === 1 ? `all ${same.length} ready nodes` : same.map(([id]) => id).join(', ');
    terminal.line(`${terminal.bold(ids)}: ${preset}${differences.length > 0 ? ', but' : ''}`);
    for (const { mechanism, text } of differences) terminal.line(`    ${mechanism.padEnd(16)} ${text}`);
  }
}

/** Throws for a policy that no node would accept, before a node is asked. */
function parsePolicy(text: string): unknown {
  const file = text.startsWith('{') ? parseJson(text) : text;
  try {
    if (isObject(file)) refuseBareValues(file);
    resolvePolicy(file);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nExample: ${exampleFor(file)}`);
  }
  return file;
}

/** An example of a valid policy, for the first mechanism that was named. */
function exampleFor(file: unknown): string {
  const named = isObject(file) ? mechanismNames.find((name) => name in file) : undefined;
  if (named === undefined) return tierlab('policy naive', namedPlace());
  const [setting] = Object.entries(resolvePolicy({ [named]: true })[named]);
  return tierlab(
    `policy ${quoted(JSON.stringify({ [named]: setting ? Object.fromEntries([setting]) : true }))}`,
    namedPlace(),
  );
}

/**
 * Refuses a value that is neither a boolean nor settings, such as a number. The schema's message for such a value names
 * only booleans. This message names settings, too.
 */
function refuseBareValues(file: object): void {
  for (const [name, value] of Object.entries(file) as [string, unknown][]) {
    const mechanism = mechanismNames.find((it) => it === name);
    if (mechanism === undefined || typeof value === 'boolean' || isObject(value)) continue;
    const [setting] = Object.entries(resolvePolicy({ [mechanism]: true })[mechanism]);
    const example = setting ? `, or settings such as ${JSON.stringify(Object.fromEntries([setting]))}` : '';
    throw new UsageError(`policy.${name}: true or false is wanted${example}, not ${JSON.stringify(value)}`);
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return parseWrittenJson(text);
  } catch (error) {
    throw new UsageError(
      `the policy cannot be read: ${(error as Error).message}\nExample: ${tierlab(`policy '{"hedge":false}'`, namedPlace())}`,
    );
  }
}
