import { orderWords, type Incident } from '../../monitor/incident.ts';

/** One thing that happened during an incident. */
interface Step {
  readonly at: number;
  readonly what: string;
}

/** Pure: what happened to the node and what the monitors did about it, in the order of time. */
export function stepsOf({ stamps, verdict, orders }: Incident): Step[] {
  const { manifest, detect, diagnose, fix, steady } = stamps;
  const steps: readonly { readonly at: number | undefined; readonly what: string }[] = [
    // Where nobody saw a bad answer, the failure begins with its detection.
    { at: manifest < detect ? manifest : undefined, what: 'first bad answer' },
    { at: detect, what: 'detected' },
    { at: diagnose, what: `diagnosed: ${verdict}` },
    ...orders.map((order) => ({ at: order.at, what: `ordered: ${orderWords(order)}` })),
    { at: fix, what: 'serves well again' },
    { at: steady, what: 'over' },
  ];
  return steps.flatMap(({ at, what }) => (at === undefined ? [] : { at, what })).toSorted((a, b) => a.at - b.at);
}
