import { useRef, useState } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import { Field } from '../../../services/console/page/parts/field.tsx';
import type { Store } from './store.ts';

/** Whoever has the key may run labs on this machine. The browser is asked once per start of the server. */
export function KeyForm({ store }: { store: Store }) {
  const field = useRef<HTMLInputElement>(null);
  const isWrong = new URLSearchParams(location.search).has('key');
  const [problem, setProblem] = useState(isWrong ? 'The key in this address is of an earlier start.' : undefined);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    try {
      await send('POST', '/api/key', { key: field.current!.value });
      history.replaceState(null, '', `/${location.hash}`);
      await store.open();
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form class="fault-form key-form" onSubmit={(event) => void submit(event)}>
      <h1>The key of the labs</h1>
      <p>
        <code>npm run lab -- serve</code> printed an address that ends with the key; with containers,{' '}
        <code>docker compose logs labs</code> shows it. Open that address, or paste it here.
      </p>
      <Field name="Key or address">
        {(ids) => (
          <input {...ids} ref={field} name="key" type="password" required autocomplete="off" spellcheck={false} />
        )}
      </Field>
      {problem !== undefined && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
      <p class="buttons">
        <button class="primary">Use this key</button>
      </p>
    </form>
  );
}
