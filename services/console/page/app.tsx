import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { momentOf } from './moment.ts';
import { Header } from './frame/header.tsx';
import { HeadlineBox } from './frame/headline-box.tsx';
import { Scrubber } from './frame/scrubber.tsx';
import { SkipLink } from './parts/skip-link.tsx';
import { useRoute } from './route.ts';
import type { ConsoleStore } from './store.ts';
import type { ViewOptions } from './view-options.ts';
import { FaultsView } from './views/faults.tsx';
import { IncidentView } from './views/incident.tsx';
import { IncidentsView } from './views/incidents.tsx';
import { LatencyView } from './views/latency.tsx';
import { NodeView } from './views/node.tsx';
import { ArchitectureView } from './views/architecture.tsx';
import { RequestsView } from './views/requests.tsx';
import { TraceView } from './views/trace.tsx';
import { Overview } from './views/overview.tsx';

const titles: Readonly<Record<string, string>> = {
  incidents: 'Incidents',
  incident: 'One incident',
  faults: 'Faults',
  latency: 'Latency',
  requests: 'Requests',
  trace: 'One request',
  architecture: 'Architecture',
};

export function ConsoleApp({ store }: { store: ConsoleStore }) {
  const [state, setState] = useState(store.get());
  useEffect(() => store.subscribe(() => setState(store.get())), [store]);
  const route = useRoute();
  const moment = momentOf(state);
  const [view = '', id = ''] = route;
  useEffect(() => {
    const title = view === 'node' ? id : titles[view];
    document.title = title === undefined ? 'Tierlab console' : `${title} - Tierlab console`;
  }, [view, id]);
  useNewView(`${view}/${id}`);
  return (
    <>
      <SkipLink />
      <Header state={state} view={view} store={store} />
      <main id="content" tabindex={-1}>
        {moment ? (
          <>
            <HeadlineBox moment={moment} />
            <View name={view} id={id} moment={moment} state={state} store={store} />
          </>
        ) : (
          <p class="loading" role="status">
            Waiting for the first snapshot of the cluster …
          </p>
        )}
      </main>
      {moment && <Scrubber {...{ moment, state, store }} incident={view === 'incident' ? id : undefined} />}
    </>
  );
}

/** Another view begins at its top. Where the pressed link is gone with the old view, the focus goes to the content. */
function useNewView(view: string): void {
  const shown = useRef(view);
  useLayoutEffect(() => {
    if (shown.current !== view) scrollTo(0, 0);
  }, [view]);
  // This effect runs after the effects of the view, because the view may have set the focus to a better place.
  useEffect(() => {
    if (shown.current !== view && document.activeElement === document.body)
      document.querySelector<HTMLElement>('#content')?.focus({ preventScroll: true });
    shown.current = view;
  }, [view]);
}

function View({ name, id, ...options }: ViewOptions & { name: string; id: string }) {
  switch (name) {
    case 'node':
      return <NodeView key={id} id={id} {...options} />;
    case 'incidents':
      return <IncidentsView {...options} />;
    case 'incident':
      return <IncidentView key={id} id={id} {...options} />;
    case 'faults':
      return <FaultsView target={id} {...options} />;
    case 'latency':
      return <LatencyView {...options} />;
    case 'requests':
      return <RequestsView {...options} />;
    case 'trace':
      return <TraceView key={id} id={id} {...options} />;
    case 'architecture':
      return <ArchitectureView />;
    default:
      return <Overview {...options} />;
  }
}
