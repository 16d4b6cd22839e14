import { brokenBy } from '../../broken-by.ts';
import { headlineOf } from '../headline.ts';
import type { Moment } from '../moment.ts';
import { toneSymbols } from '../picture/badges.ts';
import { clockTime } from '../../../../shared/clock-time.ts';
import { duration } from '../quantities.ts';

/** The top line: what is wrong, where, since when, what is done about it, and what users notice. */
export function HeadlineBox({ moment }: { moment: Moment }) {
  const { tone, what, node, since, doing, users, others } = headlineOf(moment);
  const { now, live } = moment;
  const faults = now.faults ?? [];
  return (
    <section class={`headline ${tone}`} aria-label="What is wrong now">
      {!live && <p class="then">At {clockTime(now.at)}:</p>}
      <div role="status">
        <h1>
          <span class="symbol" aria-hidden="true">
            {toneSymbols[tone]}
          </span>
          <span>
            {node === undefined ? (
              what
            ) : (
              <>
                <a href={`#/node/${node}`}>{node}</a>
                {what.slice(node.length)}
              </>
            )}
          </span>
        </h1>
      </div>
      <p>
        {since !== undefined && (
          <>
            Since {clockTime(since)}, for {duration(now.at - since)}.{' '}
          </>
        )}
        {doing !== undefined && `${doing} `}
        {users}
        {others > 0 && (
          <>
            {' '}
            <a href="#/incidents">
              {others} more {others === 1 ? 'node has' : 'nodes have'} a problem.
            </a>
          </>
        )}
      </p>
      {faults.length > 0 && (
        <p class="injected">
          Injected:{' '}
          {faults
            .map((fault) => `${fault.kind} at ${namesOf(brokenBy(fault))}, ${duration(fault.remainingMs)} left`)
            .join('; ')}
          . <a href="#/faults">Show</a>
        </p>
      )}
      {now.faults === null && (
        <p class="injected">The chaos controller does not answer: injected faults are unknown.</p>
      )}
    </section>
  );
}

export function namesOf(nodes: readonly string[]): string {
  return nodes.length > 4 ? `${nodes.length} nodes` : nodes.join(', ');
}
