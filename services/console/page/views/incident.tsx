import { useEffect, useRef, useState } from 'preact/hooks';
import { clockTime } from '../../../../shared/clock-time.ts';
import type { Incident } from '../../../monitor/incident.ts';
import { verdictMeanings } from '../../meanings.ts';
import { IncidentSteps } from '../parts/incident-steps.tsx';
import { Phases } from '../parts/phases.tsx';
import { Legend } from '../picture/legend.tsx';
import { Picture } from '../picture/picture.tsx';
import { duration } from '../quantities.ts';
import { replayOf } from '../replayed.ts';
import type { ViewOptions } from '../view-options.ts';

/** One incident: its phases, its steps, and the picture of the cluster at the moment that is replayed. */
export function IncidentView({ id, ...options }: ViewOptions & { id: string }) {
  const incident = options.state.incidents.find((it) => it.id === id);
  if (incident) return <Found incident={incident} {...options} />;
  return (
    <section>
      <h2>Not found</h2>
      <p>
        The console keeps only the last 200 incidents, and this one is not among them.{' '}
        <a href="#/incidents">All incidents</a>
      </p>
    </section>
  );
}

function Found({ incident, moment, state, store }: ViewOptions & { incident: Incident }) {
  const { node, stamps, verdict, reasons } = incident;
  const { live, now, past, all } = moment;
  const last = all.at(-1)!.at;
  const replayed = replayOf(incident, all);
  const page = useRef<HTMLDivElement>(null);
  /** How often the person has started the replay on this page. */
  const [replays, setReplays] = useState(0);
  useEffect(() => {
    // The button that led here is gone with its view.
    if (document.activeElement === document.body)
      page.current!.querySelector<HTMLElement>('h2')!.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    // Effects run after the page has changed to the past. The texts of the past are longer, and have moved the picture
    // down. So the page scrolls to the node in the picture.
    if (state.playing === true)
      page.current!.querySelector(`[data-node="${CSS.escape(node)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [replays]);

  function replay(from: number): void {
    store.set({ cursor: from, playing: true });
    setReplays(replays + 1);
  }

  return (
    <div class="incident" ref={page}>
      <section aria-labelledby="incident">
        <p class="back">
          <a href="#/incidents">Back to all incidents</a>
        </p>
        <div class="titled">
          <h2 id="incident" tabindex={-1}>
            <a href={`#/node/${node}`}>{node}</a> {verdict ?? 'is being diagnosed'}
          </h2>
          {replayed && (
            <button type="button" onClick={() => replay(replayed.from)}>
              {live ? 'Replay' : 'Replay from the start'}
            </button>
          )}
        </div>
        <p class="quiet">
          Began at {clockTime(stamps.manifest)}
          {verdict !== undefined && `; ${verdictMeanings[verdict]}`}.{' '}
          {reasons.length > 0 && `Evidence: ${reasons.join('; ')}.`}
          {!replayed && ' It cannot be replayed: the console keeps the picture of the last 15 minutes only.'}
        </p>
        <Phases
          stamps={stamps}
          now={last}
          longest={Math.max(1, (stamps.fix ?? last) - stamps.manifest)}
          cursor={live ? undefined : now.at}
        />
        <IncidentSteps
          incident={incident}
          now={now.at}
          before={past.at(-2)?.at ?? 0}
          onStep={replayed && ((at) => store.set({ cursor: all.find((it) => it.at >= at)?.at, playing: false }))}
        />
      </section>
      <section class="card" aria-label="The cluster">
        <p class="moment">
          {live ? 'The cluster now' : `The cluster at ${clockTime(now.at)}: ${fromBegin(stamps.manifest, now.at)}`}
        </p>
        <Picture moment={moment} />
        <Legend />
      </section>
    </div>
  );
}

function fromBegin(began: number, at: number): string {
  return at < began ? `${duration(began - at)} before the incident` : `${duration(at - began)} after it began`;
}
