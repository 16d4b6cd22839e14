import type { Verdict } from '../../shared/membership/verdict.ts';
import type { IncidentOutcome, OrderResult, RepairOrder } from '../monitor/contract.ts';
import type { MemberState } from '../../shared/membership/view.ts';
import { markup, type Markup } from '../../web/markup.ts';

/*
 * The meaning of the console's words, for new readers. The `tierlab` command uses the same words. The compiler misses
 * one that is not here.
 */

export const states: Readonly<Record<MemberState | 'unknown', string>> = {
  // Also while some heartbeats are missing, until the node is a suspect: callers may still reach it.
  alive: 'it is called',
  starting: 'it runs, but is not called yet',
  suspect: 'silent for longer than usual',
  dead: 'silent for so long that nobody counts on it',
  draining: 'leaving, or taken out because it limps',
  quarantined: 'taken out because it lies',
  standby: 'in good health, and waits for its turn',
  unknown: 'no monitor has said anything about it',
};

export const verdicts: Readonly<Record<Verdict, string>> = {
  healthy: 'nothing is wrong with it',
  crashed: 'its process has ended',
  hung: 'its process is there, but does not answer',
  limping: 'it answers, but much later than its peers',
  lying: 'its answers are wrong, and look right',
  partitioned: 'it is well, but messages do not get through',
  overloaded: 'it is asked for more than it can do',
};

export const outcomes: Readonly<Record<IncidentOutcome, string>> = {
  open: 'not over yet',
  repaired: 'well again, after at least one order was carried out',
  passed: 'it ended without any repair of ours',
  doubt:
    'a suspicion that never became a diagnosis; not listed here, but by "npm run -s tierlab -- incidents --doubts"',
};

export const orderResults: Readonly<Record<OrderResult, string>> = {
  done: 'carried out; not said, for it is the rule',
  already: 'the watchdog had done it by itself, or another monitor had ordered the same',
  stale: 'it was about an earlier process of the node: the one that runs now is new',
  refused: 'the watchdog would not: the node was stopped on purpose, or its machine is gone',
  failed: 'the watchdog did not answer, or could not do it',
};

const orders: Readonly<Record<RepairOrder['do'], string>> = {
  restart: 'its process is ended and started anew',
  drain: 'it is called no more, until it is well again',
  quarantine: 'the same for a liar, which gets a new process',
  promote: 'a standby takes its place',
};

const phases = {
  detection: 'from the first wrong, late or refused answer to the first doubt that proved right',
  '+ diagnosis': 'until it had a name',
  '+ fix': 'until it was served well again',
  '= time to repair': 'all three together, as users felt it',
};

/** A list of all words, folded until the reader opens it. */
export function legend(): Markup {
  return markup`<details class="legend" id="words"><summary>What these words mean</summary><div>
${part('The state of a node', states)}${part('Its diagnosis', verdicts)}${part('How long an incident took', phases)}${part('Its outcome', outcomes)}${part('What the monitors order', orders)}${part('What became of an order', orderResults)}
</div></details>`;
}

function part(title: string, words: Readonly<Record<string, string>>): Markup {
  return markup`<section><h3>${title}</h3><dl>${Object.entries(words).map(([word, meaning]) => markup`<div><dt>${word}</dt> <dd>${meaning}</dd></div>`)}</dl></section>`;
}
