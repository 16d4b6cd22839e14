import { send } from '../../../services/console/page/ask.ts';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import { useOrder } from '../../../services/console/page/use-order.ts';
import type { LabsState, LabsStore } from './store.ts';

/**
 * What goes on elsewhere: a lab that runs, one in a terminal, or one that was killed. `shown`: the lab of this page.
 */
export function Notices({
  state: { server },
  store,
  shown,
}: {
  state: LabsState;
  store: LabsStore;
  shown?: string | undefined;
}) {
  const { problem, order } = useOrder();
  if (!server) return null;
  const { run, other } = server;

  async function restore(): Promise<void> {
    await send('POST', '/api/restore');
    store.know({ ...server!, other: null });
  }

  return (
    <>
      {run && !run.outcome && run.lab !== shown && (
        <p class="notice">
          Lab {run.lab} is running. <a href={`#/lab/${run.lab}`}>Watch it</a>
        </p>
      )}
      {other?.isRunning && <p class="notice">Lab {other.lab} is running in a terminal. Wait until it has ended.</p>}
      {other && !other.isRunning && (
        <div class="notice">
          <p>Lab {other.lab} was killed while it ran. Clean up first; then you can start it again.</p>
          <p class="buttons">
            <button type="button" onClick={() => void order(restore)}>
              Clean up
            </button>
          </p>
        </div>
      )}
      <ProblemText text={problem} />
    </>
  );
}
