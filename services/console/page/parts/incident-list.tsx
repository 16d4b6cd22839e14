import { orderWords, type Incident } from '../../../monitor/incident.ts';
import { outcomeMeanings, orderResultMeanings, verdictMeanings } from '../../meanings.ts';
import { clockTime } from '../../../../shared/clock-time.ts';
import { Phases } from './phases.tsx';

interface ListOptions {
  readonly incidents: readonly Incident[];
  readonly now: number;
  readonly onReplay?: ((incident: Incident) => void) | undefined;
}

/** Incidents, newest first, each with its phases. */
export function IncidentList({ incidents, now, onReplay }: ListOptions) {
  if (incidents.length === 0) return <p class="quiet">No incidents: the monitors have found no failure.</p>;
  const longest = Math.max(...incidents.map(({ stamps }) => (stamps.fix ?? now) - stamps.manifest), 2_000);
  return (
    <ol class="incidents">
      {incidents.map((incident) => (
        <Row key={incident.id} incident={incident} now={now} longest={longest} onReplay={onReplay} />
      ))}
    </ol>
  );
}

function Row({
  incident,
  now,
  longest,
  onReplay,
}: { incident: Incident; longest: number } & Omit<ListOptions, 'incidents'>) {
  const { id, node, stamps, verdict, outcome, reasons, orders } = incident;
  return (
    <li id={`incident-${id}`} class={outcome}>
      <p class="incident-what">
        <time datetime={new Date(stamps.manifest).toISOString()}>{clockTime(stamps.manifest)}</time>
        <a href={`#/node/${node}`}>{node}</a>
        <strong title={verdict && verdictMeanings[verdict]}>{verdict ?? 'being diagnosed'}</strong>
        <span class={`outcome ${outcome}`} title={outcomeMeanings[outcome]}>
          {outcome}
        </span>
      </p>
      <p class="incident-why">{reasons[0] ?? 'no diagnosis yet'}</p>
      <Phases stamps={stamps} now={now} longest={longest} />
      <p class="incident-orders">
        {orders.length === 0
          ? 'no repair order'
          : orders.map((order, i) => (
              <span key={`${order.at} ${i}`} title={orderResultMeanings[order.result]}>
                {orderWords(order)}
              </span>
            ))}
        {onReplay && (
          <button
            type="button"
            onClick={() => onReplay(incident)}
            aria-label={`Replay ${node}, ${clockTime(stamps.manifest)}`}
          >
            Replay
          </button>
        )}
      </p>
    </li>
  );
}
