import type { Command } from 'commander';
import { CommandError, UsageError } from '../errors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf, readRunFile } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { askPort, fetchStatus } from '../watchdog-client.ts';

interface PolicyFlags extends ClusterFlags {
  readonly node?: readonly string[];
}

export function policy(command: Command): void {
  withClusterOptions(command)
    .argument('[policy]', 'naive, resilient, or JSON such as \'{"hedge":false}\'; without it, shows what is in force')
    .option('--node <id...>', 'only these nodes')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tierlab policy\n  $ tierlab policy naive\n  $ tierlab policy \'{"hedge":false,"balance":{"by":"round_robin"}}\' --node app-1',
    )
    .action(run);
}

/** Changes how calls between nodes survive trouble, from the next call on; nothing is restarted. */
async function run(wanted: string | undefined, flags: PolicyFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const { nodes } = await fetchStatus(portBase);
  const unknown = flags.node?.filter((id) => !nodes.some((node) => node.id === id)) ?? [];
  if (unknown.length > 0)
    throw new UsageError(`no node ${unknown.join(', ')}; there are ${nodes.map(({ id }) => id).join(', ')}`);
  const chosen = nodes.filter(({ id }) => flags.node === undefined || flags.node.includes(id));
  const terminal = createTerminal(process.stdout);
  if (wanted === undefined) {
    const policies = await Promise.all(
      chosen.map(async ({ id, opsPort }) => [id, await askPort(opsPort, '/admin/policy')] as const),
    );
    for (const [text, ids] of Map.groupBy(policies, ([, each]) => JSON.stringify(each, null, 2))) {
      terminal.line(terminal.bold(ids.map(([id]) => id).join(', ')));
      terminal.line(text);
    }
    return;
  }
  const run = readRunFile(dataDirOf(flags.data), portBase);
  if (!run) throw new CommandError('only the owner of the data folder may change a policy: no run file is here');
  const headers = { authorization: `Bearer ${run.token}`, 'content-type': 'application/json' };
  const body = JSON.stringify(parsePolicy(wanted));
  for (const { opsPort } of chosen) await askPort(opsPort, '/admin/policy', { method: 'POST', headers, body });
  terminal.line(`${chosen.length} nodes follow the policy ${wanted} from their next call on`);
}

function parsePolicy(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`the policy is not JSON: ${(error as Error).message}`);
  }
}
