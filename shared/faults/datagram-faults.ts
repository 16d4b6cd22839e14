import type { Scheduler } from '../time/scheduler.ts';
import type { ActiveFault } from './active.ts';
import type { Crossing, EdgeVerdict } from './fault.ts';

/**
 * What network faults do to one datagram and to its answers. `deliver` is called once, later, several times, or
 * never.
 */
export interface Passage {
  request(deliver: () => void): void;
  reply(deliver: () => void): void;
}

const untouched: Passage = { request: (deliver) => deliver(), reply: (deliver) => deliver() };

/** The counterpart of `edgeFaults` (layers.ts) for datagrams: there is no connection, so a reset loses the datagram. */
export function passage(
  faults: { active(): readonly ActiveFault[] },
  scheduler: Scheduler,
  crossing: Crossing,
): Passage {
  const active = faults.active();
  if (active.length === 0 || crossing.from === crossing.to) return untouched;
  const verdicts = active.flatMap((fault) => fault.edge(crossing) ?? []);
  if (verdicts.length === 0) return untouched;
  return {
    request: (deliver) => carry(verdicts, 'request', scheduler, deliver),
    reply: (deliver) => carry(verdicts, 'reply', scheduler, deliver),
  };
}

function carry(verdicts: readonly EdgeVerdict[], leg: 'request' | 'reply', scheduler: Scheduler, deliver: () => void) {
  let copies = 1;
  let delayMs = 0;
  for (const verdict of verdicts) {
    const onLeg = 'leg' in verdict ? verdict.leg : 'request';
    if (onLeg !== leg) continue;
    if (verdict.do === 'lose' || verdict.do === 'reset') return;
    if (verdict.do === 'delay') delayMs += verdict.delayMs;
    if (verdict.do === 'duplicate') copies = Math.max(copies, verdict.copies);
  }
  const deliverAll = (): void => {
    for (let i = 0; i < copies; i++) deliver();
  };
  if (delayMs > 0) scheduler.after(delayMs, deliverAll);
  else deliverAll();
}
