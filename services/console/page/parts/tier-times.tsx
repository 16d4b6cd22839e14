import type { Time } from '../../../traces/contract.ts';
import { mostWork } from '../most-work.ts';
import { latency, percent } from '../quantities.ts';
import { Table } from './table.tsx';

interface TierTimesOptions {
  /** `requests`: how many requests the component served. */
  readonly tiers: readonly (Time & {
    readonly component: string;
    readonly requests?: number;
    readonly heldMs: number;
    readonly wayMs: number;
  })[];
}

/**
 * How long each component held its requests, divided into work and waiting, and how long the requests were on the way
 * to it. The busiest component has the largest share of the work.
 */
export function TierTimes({ tiers }: TierTimesOptions) {
  const all = tiers.reduce((sum, { workMs }) => sum + workMs, 0);
  const busiest = mostWork({ tiers })?.component;
  const counted = tiers.some(({ requests }) => requests !== undefined);
  return (
    <>
      <p class="quiet">
        A server is a client of the next server: while it waits, its own caller waits too. A caller also waits while its
        call is on the way: in the network and in queues.
      </p>
      <Table
        label="Time by component"
        columns={[
          'component',
          ...(counted ? ['requests'] : []),
          'of all work',
          'work',
          'held for',
          'wait for data',
          'wait for result',
          'on the way to it',
        ]}
      >
        {tiers.map((tier) => (
          <tr key={tier.component} class={tier.component === busiest ? 'whole' : ''}>
            <th scope="row">{tier.component}</th>
            {counted && <td>{tier.requests}</td>}
            <td>{all > 0 ? percent(tier.workMs / all) : '–'}</td>
            <td>{latency(tier.workMs)}</td>
            <td>{latency(tier.heldMs)}</td>
            <td>{latency(tier.waitForDataMs)}</td>
            <td>{latency(tier.waitForResultMs)}</td>
            <td>{latency(tier.wayMs)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
