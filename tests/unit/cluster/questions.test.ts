import { expect, test } from 'vitest';
import { createQuestions, type IpcQuestion } from '../../../shared/cluster/watchdog/questions.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

/** The questions to a node that was asked twice: whether its main loop turns, and whether it avoids a-1. */
function askedTwice() {
  const { clock, scheduler, run } = createSimulation(1);
  const sent: IpcQuestion[] = [];
  const questions = createQuestions((question) => void sent.push(question), scheduler);
  const heard: [string, boolean, number][] = [];
  const note = (what: string) => (yes: boolean) => void heard.push([what, yes, clock.now()]);
  void questions.askWithin(500).then(note('turns'));
  void questions.askWithin(500, { node: 'a-1', incarnation: 4 }).then(note('avoids'));
  const [turns, avoids] = sent as [IpcQuestion, IpcQuestion];
  return { questions, heard, run, turns, avoids };
}

test('each question gets its own answer, in any order', async () => {
  const { questions, heard, run, turns, avoids } = askedTwice();
  expect([turns.avoids, avoids.avoids]).toEqual([undefined, { node: 'a-1', incarnation: 4 }]);
  await run(100);
  questions.answered({ number: avoids.number, yes: false });
  await run(200);
  questions.answered({ number: turns.number, yes: true });
  await run(1_000);
  expect(heard).toEqual([
    ['avoids', false, 100],
    ['turns', true, 200],
  ]);
});

test.each(['a late answer', 'the end of the process'])(
  'after 500 ms the answer is no, in spite of %s',
  async (what) => {
    const { questions, heard, run, turns } = askedTwice();
    if (what === 'the end of the process') questions.forget();
    await run(501);
    questions.answered({ number: turns.number, yes: true });
    await run(1_000);
    expect(heard).toEqual([
      ['turns', false, 500],
      ['avoids', false, 500],
    ]);
  },
);
