import type { JournalEntry } from '../../services/chaos/journal.ts';
import { clockTime } from '../../shared/clock-time.ts';
import { type ClusterPlace, tierlab } from '../command-line.ts';
import type { Terminal } from '../terminal.ts';

/** An objection with this command's flag instead of the name that the API has for it. */
export const withFlag = (objection: string): string => objection.replaceAll('beyondTolerance', '--beyond-tolerance');

/**
 * The text for an empty list. A silent node may still hold a fault. `last` is the journal entry of the last end of a
 * fault. A fault ends early when the process of its node ends, so the text explains this end.
 */
export function noneInEffect(silent: readonly string[], last?: JournalEntry, place: ClusterPlace = {}): string {
  if (silent.length > 0) return 'none of the nodes that answer has a fault in effect';
  if (last?.end !== 'restart' && last?.end !== 'shutdown') return 'no fault is in effect';
  const why = `at ${clockTime(last.at)}, because the process of ${last.target} ended`;
  return `no fault is in effect: ${last.id} (${last.kind}) ended ${why}. Repairs: ${tierlab('incidents', place)}`;
}

/** Explains the journal's `undo` entry, which comes unexpectedly before `inject`. */
export const whatUndoMeans = '"undo" is written before "inject", so that the fault can be undone after any crash';

/** The result of a halt at `asked`. A fault counts once at each node that held it. */
export function whatEnded(healed: number, asked: string): string {
  if (healed === 0) return `no fault was in effect at ${asked}`;
  const ended = healed === 1 ? '1 fault' : `${healed} faults, counted at each node,`;
  return `everything is healed at ${asked}: ${ended} ended`;
}

/** Why a fault was not healed by name. */
export function notFound(id: string, silent: readonly string[], place: ClusterPlace = {}): string {
  if (silent.length === 0) return `no fault ${id} is in effect. What is in effect: ${tierlab('chaos list', place)}`;
  const lost = silent.join(', ');
  return `no fault ${id} was found, but there is no answer from ${lost}: a fault there ends with its lease`;
}

/** The last line of a dry run. */
export function showObjections(objections: readonly string[], terminal: Terminal): void {
  for (const objection of objections) terminal.line(`${terminal.bad('✗')} ${objection}`);
  if (objections.length === 0) terminal.line(`${terminal.good('✓')} there are no objections`);
}
