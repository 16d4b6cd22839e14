import { useEffect } from 'preact/hooks';
import { useAnswer } from '../../../services/console/page/use-answer.ts';
import { verdictSymbols } from '../../runner/report/words.ts';
import type { LabList, LabRow } from '../lab-view.ts';
import type { LabsState } from './store.ts';

/** All labs, the progress, and the one to do next. */
export function ListView({ state }: { state: LabsState }) {
  useEffect(() => void (document.title = 'Tierlab labs'), []);
  // A run that ended has changed the progress.
  const ended = state.server?.run?.outcome ? state.server.run.lab : '';
  const { value, problem } = useAnswer<LabList>(`/api/labs?after=${ended}`);
  if (problem !== undefined) return <p class="warning">{problem}</p>;
  if (!value) return <p class="loading">Loading the labs …</p>;
  const { labs, next } = value;
  const passed = labs.filter(({ progress }) => progress.passed).length;
  return (
    <>
      <div>
        <h1>Labs: predict, measure, explain</h1>
        <p class="lead">
          Each lab asks you for numbers, measures them on real processes or with a simulated clock, and explains the
          difference. A wrong prediction costs nothing; you learn most from it.
        </p>
        <p class="quiet">
          {passed} of {labs.length} labs passed.
        </p>
      </div>
      <ol class="labs">
        {labs.map((lab) => (
          <Row key={lab.id} lab={lab} isNext={lab.id === next} />
        ))}
      </ol>
    </>
  );
}

function Row({ lab, isNext }: { lab: LabRow; isNext: boolean }) {
  const { id, topic, question, forms, seconds, progress } = lab;
  const { attempts, passed, verdict, tookS } = progress;
  const soFar = passed ? 'PASS' : verdict;
  return (
    <li class={isNext ? 'next' : ''}>
      <p class="lab-topic">
        <span>
          Lab {id}: {topic}
        </span>
        {isNext && <strong>do this next</strong>}
        {soFar && (
          <span class={`verdict-word ${soFar}`}>
            {verdictSymbols[soFar]} {passed ? 'passed' : soFar}
          </span>
        )}
      </p>
      <h2>
        <a href={`#/lab/${id}`}>{question}</a>
      </h2>
      <p class="quiet">
        {forms.join(' or ')}, about {seconds} s{tookS !== undefined && `; took ${tookS} s`}
        {attempts > 0 && `; ${attempts} ${attempts === 1 ? 'try' : 'tries'}`}
      </p>
    </li>
  );
}
