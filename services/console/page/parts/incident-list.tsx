import { orderWords, type Incident } from '../../../monitor/incident.ts';
import { outcomeMeanings, orderResultMeanings, verdictMeanings } from '../../meanings.ts';
import { clockTime } from '../../../../shared/clock-time.ts';
import type { Moment } from '../moment.ts';
import { replayOf } from '../replayed.ts';
import type { ConsoleStore } from '../store.ts';
import { Phases } from './phases.tsx';

interface ListOptions {
  readonly incidents: readonly Incident[];
  readonly moment: Moment;
  readonly store: ConsoleStore;
}

/** Incidents, newest first, each with its phases and the way to its replay. */
export function IncidentList({ incidents, moment, store }: ListOptions) {
  const now = moment.now.at;
  if (incidents.length === 0) return <p class="quiet">No incidents: the monitors have found no failure.</p>;
  const longest = Math.max(...incidents.map(({ stamps }) => (stamps.fix ?? now) - stamps.manifest), 2_000);
  return (
    <ol class="incidents">
      {incidents.map((incident) => (
        <Row key={incident.id} {...{ incident, moment, store, longest }} />
      ))}
    </ol>
  );
}

interface RowOptions extends Omit<ListOptions, 'incidents'> {
  readonly incident: Incident;
  readonly longest: number;
}

function Row({ incident, moment, store, longest }: RowOptions) {
  const { id, node, stamps, verdict, outcome, reasons, orders } = incident;
  const replayed = replayOf(incident, moment.all);
  const action = replayed ? 'Replay' : 'Show';

  function open(): void {
    if (replayed) store.set({ cursor: replayed.from, playing: true });
    location.hash = `#/incident/${id}`;
  }

  return (
    <li class={outcome}>
      <p class="incident-what">
        <time datetime={new Date(stamps.manifest).toISOString()}>{clockTime(stamps.manifest)}</time>
        <a href={`#/node/${node}`}>{node}</a>
        <strong title={verdict && verdictMeanings[verdict]}>{verdict ?? 'being diagnosed'}</strong>
        <span class={`outcome ${outcome}`} title={outcomeMeanings[outcome]}>
          {outcome}
        </span>
      </p>
      <p class="incident-why">{reasons[0] ?? 'no diagnosis yet'}</p>
      <Phases stamps={stamps} now={moment.now.at} longest={longest} />
      <p class="incident-orders">
        {orders.length === 0
          ? 'no repair order'
          : orders.map((order, i) => (
              <span key={`${order.at} ${i}`} title={orderResultMeanings[order.result]}>
                {orderWords(order)}
              </span>
            ))}
        <button type="button" onClick={open} aria-label={`${action} ${node}, ${clockTime(stamps.manifest)}`}>
          {action}
        </button>
      </p>
    </li>
  );
}
