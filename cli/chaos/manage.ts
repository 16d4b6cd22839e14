import { faultsAt, haltAll, order } from '../../services/chaos/control-port.ts';
import type { JournalEntry } from '../../services/chaos/journal.ts';
import type { FaultStatus } from '../../shared/faults/registry.ts';
import { faultKinds } from '../../shared/faults/kinds.ts';
import { readChaosJournal } from '../chaos-journal.ts';
import { CommandError } from '../errors.ts';
import type { ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { createTerminal } from '../terminal.ts';
import { askController, connect } from './connection.ts';
import { restartedFaults, type RestartedFault } from './restarted-faults.ts';
import { keyValues, keyValuesInShort } from '../key-values.ts';
import { printTable } from '../table.ts';
import { noneInEffect, notFound, whatEnded, whatUndoMeans } from './messages.ts';
import { printJson } from '../print-json.ts';

interface ListFlags extends ClusterFlags {
  readonly ended?: true;
  readonly json?: true;
}

/** Asks every node and watchdog, and shows all faults, whoever injected them. */
export async function listFaults(flags: ListFlags): Promise<void> {
  const { ports, token, nodes, portBase } = await connect(flags);
  const answers = await Promise.all(
    ports.map(async (port) => ({ port, faults: await faultsAt(port, token).catch(() => undefined) })),
  );
  const active = answers.flatMap(({ faults }) => faults?.active ?? []);
  const ended = answers.flatMap(({ faults }) => faults?.ended ?? []);
  const since = Math.min(...nodes.map(({ watchedSince }) => watchedSince));
  const { entries } = await readChaosJournal(flags);
  const forgotten = flags.ended ? restartedFaults(entries, [...active, ...ended], since) : [];
  const statuses: readonly (FaultStatus | RestartedFault)[] = flags.ended
    ? [...forgotten, ...ended, ...active]
    : active;
  const silent = answers.filter(({ faults }) => !faults).map(({ port }) => port.name);
  if (flags.json) {
    if (silent.length > 0) createTerminal(process.stderr).line(`no answer from ${silent.join(', ')}`);
    return printJson(statuses);
  }
  const terminal = createTerminal(process.stdout);
  if (statuses.length === 0) {
    const last = entries.findLast(({ event, at }) => event === 'heal' && at >= since);
    terminal.line(noneInEffect(silent, last, { portBase, dataDir: dataDirOf(flags.data) }));
  } else
    printTable(
      terminal,
      ['id', 'kind', 'target', 'state', 'left s', 'matched', 'applied', 'parameters'],
      statuses.map((status) => [status.fault.id, status.fault.kind, status.fault.target, ...cells(status)]),
    );
  if (silent.length > 0) terminal.line(terminal.dim(`no answer from ${silent.join(', ')}`));
}

function cells(status: FaultStatus | RestartedFault): (string | number)[] {
  if (!('applied' in status)) return [status.end, '-', '-', '-', '-'];
  const { fault, state, end, remainingMs, matched, applied } = status;
  const vain = state === 'ended' && applied === 0 && fault.kind !== 'none';
  const says = keyValuesInShort(fault.params) + (vain ? '   CHANGED NOTHING' : '');
  return [end ?? state, Math.round(remainingMs / 1_000), matched, applied, says];
}

/** Heals through the controller. If it does not answer, heals at every node and watchdog directly. */
export async function heal(id: string, flags: ClusterFlags): Promise<void> {
  const connection = await connect(flags);
  const path = `/faults/${encodeURIComponent(id)}`;
  let healed = await askController(connection, 'DELETE', path).then(
    (answer) => (answer as { healed: boolean }).healed,
    () => false,
  );
  let silent: readonly string[] = [];
  if (!healed) {
    const direct = connection.ports.map((port) => order(port, connection.token, 'DELETE', `/admin${path}`));
    const answers = await Promise.allSettled(direct);
    silent = connection.ports.filter((_, i) => answers[i]!.status === 'rejected').map(({ name }) => name);
    healed = answers.some((it) => it.status === 'fulfilled' && (it.value as { healed: boolean }).healed);
  }
  if (!healed) throw new CommandError(notFound(id, silent, connection));
  const terminal = createTerminal(process.stdout);
  terminal.line(`${id} is healed`);
  if (silent.length > 0)
    terminal.line(terminal.dim(`no answer from ${silent.join(', ')}: what is left there ends by its lease`));
}

/**
 * Halts all faults at every node and watchdog, without the controller. Then tells the controller, so that it forgets
 * them.
 */
export async function halt(flags: ClusterFlags & { readonly json?: true }): Promise<void> {
  const connection = await connect(flags);
  const result = await haltAll(connection.ports, connection.token);
  // The controller also halts all faults. So it is told afterwards; otherwise its halts would be missing in this count.
  const controllerTold = await askController(connection, 'POST', '/halt', { reason: 'tierlab chaos halt' }).then(
    () => true,
    () => false,
  );
  if (flags.json) return printJson({ ...result, controllerTold });
  const terminal = createTerminal(process.stdout);
  const asked = `${connection.ports.length - result.silent.length} nodes and watchdogs`;
  terminal.line(`${terminal.good('✓')} ${whatEnded(result.healed, asked)}`);
  if (result.silent.length > 0)
    terminal.line(`no answer from ${result.silent.join(', ')}: what is left there ends by its lease`);
  if (!controllerTold) terminal.line('the controller does not answer, but the faults are halted without it');
}

/** Reads the journal's file, so it works when no cluster runs. */
export async function journal(flags: ClusterFlags & { readonly count: number; readonly json?: true }): Promise<void> {
  const { entries: all, source } = await readChaosJournal(flags);
  const entries = all.slice(-flags.count);
  if (flags.json) return printJson(entries);
  const terminal = createTerminal(process.stdout);
  if (entries.length === 0) return terminal.line('nothing has happened yet');
  printTable(terminal, ['at', 'event', 'id', 'kind', 'target', 'more'], entries.map(rowOf));
  terminal.line('');
  if (entries.some(({ event }) => event === 'undo')) terminal.line(terminal.dim(whatUndoMeans));
  terminal.line(terminal.dim(source));
}

function rowOf({ at, event, id, kind, target, ...more }: JournalEntry): string[] {
  return [new Date(at).toISOString().slice(11, 23), event, id, kind, target, keyValues(more)];
}

/** Needs no cluster. */
export function listFaultKinds(flags: { readonly json?: true }): void {
  const rows = [...faultKinds.values()];
  if (flags.json) return printJson(rows.map(({ kind, summary, params }) => ({ kind, summary, params })));
  printTable(
    createTerminal(process.stdout),
    ['kind', 'parameters', 'what it does'],
    rows.map(({ kind, summary, params }) => {
      const names = Object.keys((params as unknown as { properties: object }).properties);
      return [kind, names.join(' '), summary];
    }),
  );
}
