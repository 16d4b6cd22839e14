import { useRef, useState } from 'preact/hooks';
import { send } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import type { State, Store } from '../store.ts';

/** The way to the buttons: whoever has the key of the operator may break nodes. It is asked once. */
export function OperatorKey({ state, store }: { state: State; store: Store }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  if (state.operator) return <p class="operator">operator</p>;
  const isWrong = new URLSearchParams(location.search).has('operator');

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { value: key } = field.current!;
    try {
      await send('POST', '/api/operator', { key });
      store.set({ operator: true });
      dialog.current?.close();
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <>
      {isWrong && <p class="warning">The key in this address is wrong for this cluster.</p>}
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Enter key
      </button>
      <dialog ref={dialog} aria-labelledby="key-title">
        <form onSubmit={(event) => void submit(event)}>
          <h2 id="key-title">Operator's key</h2>
          <p>
            Whoever has it may break nodes and heal them. <code>npm start -- --chaos</code> printed an address that ends
            with the key. Paste the key or the whole address.
          </p>
          <Field name="Key">
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
