import { useEffect, useState } from 'preact/hooks';
import { SkipLink } from '../../../services/console/page/parts/skip-link.tsx';
import { useRoute } from '../../../services/console/page/route.ts';
import { KeyForm } from './key-form.tsx';
import { LabView } from './lab.tsx';
import { ListView } from './list.tsx';
import { Notices } from './notices.tsx';
import type { LabsState, LabsStore } from './store.ts';

export function LabsApp({ store }: { store: LabsStore }) {
  const [state, setState] = useState(store.get());
  useEffect(() => store.subscribe(() => setState(store.get())), [store]);
  const [view = '', id = ''] = useRoute();
  return (
    <>
      <SkipLink />
      <header class="top">
        <a class="brand" href="#/">
          Tierlab labs
        </a>
        <nav aria-label="Pages">
          <a href="#/" aria-current={view === '' ? 'page' : undefined}>
            All labs
          </a>
        </nav>
        <Status state={state} />
      </header>
      <main id="content" tabindex={-1}>
        {state.link === 'locked' ? (
          <KeyForm store={store} />
        ) : (
          <>
            <Notices state={state} store={store} shown={view === 'lab' ? id : undefined} />
            {view === 'lab' ? <LabView key={id} id={id} state={state} store={store} /> : <ListView state={state} />}
          </>
        )}
      </main>
    </>
  );
}

const links: Readonly<Record<LabsState['link'], string>> = {
  connecting: 'connecting …',
  live: 'connected',
  away: 'the server does not answer; trying again',
  locked: 'key wanted',
};

function Status({ state: { link } }: { state: LabsState }) {
  return (
    <p class={link === 'away' ? 'status warning' : 'status quiet'} role="status">
      {links[link]}
    </p>
  );
}
