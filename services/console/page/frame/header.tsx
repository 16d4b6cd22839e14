import { useEffect, useState } from 'preact/hooks';
import { toneSymbols } from '../picture/badges.ts';
import type { ConsoleState, ConsoleStore } from '../store.ts';
import { OperatorKey } from './operator-key.tsx';

const views = [
  ['', 'Overview'],
  ['incidents', 'Incidents'],
  ['faults', 'Faults'],
  ['latency', 'Latency'],
  ['requests', 'Requests'],
  ['architecture', 'Architecture'],
] as const;

/** The views of single things belong to a list. */
const partOf: Readonly<Record<string, string>> = { incident: 'incidents', trace: 'requests' };

/** Data that is older than this is said to be old, ms: a snapshot comes every second. */
const freshMs = 2_500;

/** The name of the cluster, the way to the views, and how old the data is. */
export function Header({ state, view, store }: { state: ConsoleState; view: string; store: ConsoleStore }) {
  return (
    <header class="top">
      <a class="brand" href="#/">
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <rect x="7" y="3" width="10" height="4" rx="2" />
          <rect x="4" y="10" width="16" height="4" rx="2" />
          <rect x="1" y="17" width="22" height="4" rx="2" />
        </svg>
        Tierlab <span class="cluster">{state.about?.name}</span>
      </a>
      <nav aria-label="Views">
        {views.map(([path, name]) => (
          <a
            key={path}
            href={`#/${path}`}
            aria-current={view === path ? 'page' : partOf[view] === path ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <div class="status">
        {state.about?.chaos === true && <OperatorKey state={state} store={store} />}
        {/* Before the page has its first data, it is not live. */}
        <Freshness heardAt={state.about && state.heardAt} />
      </div>
    </header>
  );
}

/** How old the data is: counted by this browser's clock from the arrival of the last snapshot. */
function Freshness({ heardAt }: { heardAt: number | undefined }) {
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const ageMs = heardAt === undefined ? undefined : Math.max(0, now - heardAt);
  const isFresh = ageMs !== undefined && ageMs < freshMs;
  const words =
    ageMs === undefined
      ? 'connecting …'
      : isFresh
        ? 'live'
        : `the console does not answer: this is ${Math.round(ageMs / 1_000)} s old`;
  return (
    <p class={`fresh ${ageMs === undefined ? 'quiet' : isFresh ? 'good' : 'bad'}`} role="status">
      <span aria-hidden="true">{toneSymbols[ageMs === undefined ? 'quiet' : isFresh ? 'good' : 'warn']}</span>{' '}
      <span>{words}</span>
    </p>
  );
}
