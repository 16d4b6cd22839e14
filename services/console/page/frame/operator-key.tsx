import { useRef } from 'preact/hooks';
import { send } from '../ask.ts';
import { KeyField } from '../parts/key-field.tsx';
import { ProblemText } from '../parts/problem.tsx';
import type { ConsoleState, ConsoleStore } from '../store.ts';
import { useOrder } from '../use-order.ts';

/** Asks once for the operator's key: the buttons that change the cluster need it. Whoever has it may break nodes. */
export function OperatorKey({ state, store }: { state: ConsoleState; store: ConsoleStore }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const { problem, order } = useOrder();
  if (state.operator) return <p class="operator">operator</p>;
  const isWrong = new URLSearchParams(location.search).has('operator');

  async function enter(): Promise<void> {
    await send('POST', '/api/operator', { key: field.current!.value });
    store.set({ operator: true });
    dialog.current?.close();
  }

  return (
    <>
      {isWrong && <p class="warning">The key in this address is wrong for this cluster.</p>}
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Enter key
      </button>
      <dialog ref={dialog} aria-labelledby="key-title">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void order(enter);
          }}
        >
          <h2 id="key-title">Operator's key</h2>
          <p>
            Whoever has this key may break nodes and heal them. <code>npm start -- --chaos</code> printed an address
            that ends with the key. Paste the key or the whole address.
          </p>
          <KeyField name="Key" field={field} />
          <ProblemText text={problem} />
          <p class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button class="primary">Use this key</button>
          </p>
        </form>
      </dialog>
    </>
  );
}
