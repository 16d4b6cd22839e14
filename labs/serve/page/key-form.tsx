import { useRef } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import { KeyField } from '../../../services/console/page/parts/key-field.tsx';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import { useOrder } from '../../../services/console/page/use-order.ts';
import type { LabsStore } from './store.ts';

const oldKey = 'The key in this address is old: the server was started again.';

/** Whoever has the key may run labs on this machine. The browser is asked once per start of the server. */
export function KeyForm({ store }: { store: LabsStore }) {
  const field = useRef<HTMLInputElement>(null);
  const isWrong = new URLSearchParams(location.search).has('key');
  const { problem, order } = useOrder(isWrong ? oldKey : undefined);

  async function enter(): Promise<void> {
    await send('POST', '/api/key', { key: field.current!.value });
    history.replaceState(null, '', `/${location.hash}`);
    await store.open();
  }

  return (
    <form
      class="fault-form key-form"
      onSubmit={(event) => {
        event.preventDefault();
        void order(enter);
      }}
    >
      <h1>The key of the labs</h1>
      <p>
        <code>npm run lab -- serve</code> printed an address that ends with the key; with containers,{' '}
        <code>docker compose logs labs</code> shows it. Open that address, or paste it here.
      </p>
      <KeyField name="Key or address" field={field} />
      <ProblemText text={problem} />
      <p class="buttons">
        <button class="primary">Use this key</button>
      </p>
    </form>
  );
}
