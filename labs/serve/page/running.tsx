import { send } from '../../../services/console/page/ask.ts';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import { Picture } from '../../../services/console/page/picture/picture.tsx';
import { useOrder } from '../../../services/console/page/use-order.ts';
import type { ReportedFault } from '../../../services/console/sources.ts';
import type { RunPhase } from '../../runner/journal.ts';
import type { RunView, ServerState } from '../run-view.ts';
import { Choices } from './choices.tsx';
import type { LabsState, LabsStore } from './store.ts';

/** The phases that people see, in order. */
const steps: readonly (readonly [string, readonly RunPhase[]])[] = [
  ['check the machine', ['precheck']],
  ['store the prediction', ['prediction']],
  ['run', ['running', 'stopping']],
  ['judge', ['verdict']],
];

/** A run that goes on: its phases, its progress, and the live picture of its cluster. It does not need this page. */
export function RunningLab({ run, state, store }: { run: RunView; state: LabsState; store: LabsStore }) {
  const { problem, order } = useOrder();
  const at = steps.findIndex(([, phases]) => phases.includes(run.phase));

  async function stop(): Promise<void> {
    store.know(await send<ServerState>('DELETE', '/api/runs/current'));
  }

  return (
    <section class="running" aria-labelledby="running-title">
      <h2 id="running-title" tabindex={-1}>
        Running ({run.form})
      </h2>
      <ol class="steps">
        {steps.map(([name], i) => (
          <li key={name} class={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
            <span aria-hidden="true">{i < at ? '✓' : i === at ? '●' : '○'}</span> {name}
          </li>
        ))}
      </ol>
      {run.prediction && (
        <p>
          You predicted: <strong>{run.prediction.join('; ')}</strong>
        </p>
      )}
      {run.predicted !== undefined && (
        <p class="quiet">
          It was stored before anything started. Its hash: <code>{run.predicted.slice(0, 16)}…</code>
        </p>
      )}
      <p role="status">{run.stopping ? 'Stopping …' : activityOf(run, state.about !== undefined)}</p>
      {run.progress && !run.stopping && run.phase === 'running' && (
        <Progress label={run.progress.label} done={run.progress.done} total={run.progress.total} />
      )}
      {run.faults.length > 0 && (
        <p class="injected">
          Faults in effect: {run.faults.map(({ node, fault }) => `${fault} at ${node}`).join(', ')}
        </p>
      )}
      {run.choices.length > 0 && <Choices choices={run.choices} />}
      {state.about && state.snapshot && (
        <div class="card">
          <Picture
            plain
            moment={{ about: state.about, now: { ...state.snapshot, faults: run.faults.map(asActive) } }}
          />
        </div>
      )}
      {run.said.length > 0 && (
        <div class="said" role="log" aria-label="What the lab says" tabindex={0}>
          {run.said.map((text, i) => (
            <p key={i}>{text}</p>
          ))}
        </div>
      )}
      <p class="buttons">
        <button type="button" class="danger" disabled={run.stopping} onClick={() => void order(stop)}>
          Stop
        </button>
        <span class="quiet">You may close this page. The lab goes on. Open the page again to see it.</span>
      </p>
      <ProblemText text={problem} />
    </section>
  );
}

/** Screen readers hear this: it changes with the phase, not with each call. */
function activityOf({ phase, form, progress, choices }: RunView, hasCluster: boolean): string {
  if (phase === 'stopping') return 'The run is over. Its cluster is being stopped.';
  if (phase === 'precheck') return 'Checking that this machine is not too busy to measure.';
  if (phase !== 'running') return 'Checking the measurements.';
  if (choices.length > 0) return 'The lab waits for your answer.';
  if (progress) return `Measuring: ${progress.label}.`;
  if (form === 'virtual') return 'Running in virtual time.';
  return hasCluster ? 'The processes of the lab run.' : 'Starting the processes of the lab.';
}

function Progress({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <p class="progress">
      <progress max={total} value={done} aria-label={label} />
      <span>
        {done.toLocaleString('en')} of {total.toLocaleString('en')}
      </span>
    </p>
  );
}

/** The lab injects at the node itself, so no controller reports the fault. */
const asActive = ({ node, fault }: RunView['faults'][number]): ReportedFault => ({
  id: `${fault} ${node}`,
  kind: fault,
  remainingMs: 0,
  casualties: [node],
  victims: [],
});
