import { type Random, seededRandom } from '../../shared/time/random.ts';
import { check, exactly, nothing, shareOf } from '../kit/checks.ts';
import { lab, type Variant } from '../runner/lab.ts';

const questions = 9_000;
const replicas = 3;
/** A question has so many possible answers; 0 is the right one. */
const answers = 1_000;
const checks = 2;

/** How votes of three replicas cope with liars. */
export const byzantineAnswers = lab({
  id: '27',
  name: 'byzantine-answers',
  topic: 'Byzantine answers',
  question: 'One of three replicas lies. How many wrong answers reach the users, and what if a second one joins in?',
  minutes: 1,
  cores: 1,
  failuresExpected: true,
  parameters: { ask: { unit: '%', values: [0.5, 0.4, 0.6] } },
  formula:
    'without votes: wrong = liars / n; with f + 1 = 2 equal answers of n = 2 f + 1 = 3: up to f = 1 liar is outvoted',
  assumptions: [
    'the honest replicas give equal answers to equal questions',
    'a liar cannot send in the name of another replica',
    'independent liars do not invent the same lie',
  ],
  quantities: ({ ask }) => [
    { id: 'never', label: 'wrong answers, one liar, no votes', unit: '%', theory: 1 / replicas },
    {
      id: 'sample',
      label: `wrong answers, one liar, ${100 * ask!}% of the questions put to a vote`,
      unit: '%',
      theory: (1 - ask!) / replicas,
    },
    { id: 'always', label: 'wrong answers, one liar, always votes', unit: '%', theory: 0 },
    { id: 'independent', label: 'refused, two independent liars, always votes', unit: '%', theory: 1 },
    { id: 'colluding', label: 'wrong answers, two colluding liars, always votes', unit: '%', theory: 1 },
  ],
  virtual({ ask }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const run = (name: string, liars: number, collude: boolean, votes: number) =>
      poll(seededRandom(`${seed}/${name}`), liars, collude, votes, variant);
    const never = run('never', 1, false, 0);
    const sample = run('sample', 1, false, ask!);
    const always = run('always', 1, false, 1);
    const independent = run('independent', 2, false, 1);
    const colluding = run('colluding', 2, true, 1);
    const neverShare = shareOf('never', never.wrong, questions);
    const sampleShare = shareOf('sample', sample.wrong, questions);
    const refusedBySurprise = independent.wrong;
    return {
      points: [
        neverShare.point,
        sampleShare.point,
        exactly('always', always.wrong / questions, questions),
        exactly('independent', independent.refused / questions, questions),
        exactly('colluding', colluding.wrong / questions, questions),
      ],
      checks: [
        neverShare.isTheory('without votes, a third of the answers is wrong', 1 / replicas, checks),
        sampleShare.isTheory('a sample of votes lowers it by its share', (1 - ask!) / replicas, checks),
        check('with votes, one liar gets no answer through', always.wrong === 0, `${always.wrong} of ${questions}`),
        check(
          'the liar is named in each lost vote',
          always.named === always.lost && always.lost > 0,
          `${always.named} of ${always.lost}`,
        ),
        check(
          'two independent liars are refused: hardly any answer is wrong',
          refusedBySurprise <= questions / 100 && independent.refused > 0.98 * questions,
          `${independent.refused} refused, ${refusedBySurprise} wrong`,
        ),
        check(
          'two colluding liars win every vote',
          colluding.wrong === questions,
          `${colluding.wrong} of ${questions}`,
        ),
      ],
      timeline: [...always.timeline, ...colluding.timeline],
    };
  },
  variants: {
    broken: 'a vote takes the first answer that comes, instead of two equal ones',
    control: 'nobody lies',
  },
  hints: [
    'If you ask one replica at random, how often do you meet the liar? If you ask all three, who agrees with the liar?',
    'f liars are outvoted by f + 1 honest ones: n = 2 f + 1. With n = 3, that is f = 1.',
    'Five witnesses, two of whom lie in their own way each: three tell the same story, and each lie is told once.',
  ],
  explanation: () =>
    `A lie looks like an answer. Retries and heartbeats do not find it, because the liar is fast and healthy. Only other answers to the same question contradict it. With three replicas and votes, one liar is outvoted each time, and the lost vote names it.

Two independent liars tell three different stories together with the honest one. No two are equal, so there is no majority, and the vote refuses: no answer is better than a wrong one. That is fail-stop behaviour, made from Byzantine parts.

Two colluding liars tell the same lie. They are the majority, and the honest replica is named as the liar. Votes need more honest replicas than liars; they cannot know who is honest. Signatures of the data's author can: a page that a liar invented has none.`,
  transfer: {
    question:
      'How many replicas do you need so that two colluding liars are outvoted? And why do consensus protocols want 3 f + 1?',
    answer:
      '2 x 2 + 1 = 5 for votes over answers that all replicas compute alike. Consensus must also agree on the order while some replicas are silent, so it needs f more: 3 f + 1 = 7.',
  },
});

/** Asks `questions` questions; `votes`: the share of them that goes to all replicas. */
function poll(random: Random, liars: number, collude: boolean, votes: number, variant: Variant) {
  const result = { wrong: 0, refused: 0, named: 0, lost: 0, timeline: [] as string[] };
  for (let i = 0; i < questions; i++) {
    const lie = (): number => 1 + Math.floor((answers - 1) * random.next());
    const common = lie();
    const said = Array.from({ length: replicas }, (_, replica) =>
      replica >= liars || variant === 'control' ? 0 : collude ? common : lie(),
    );
    const vote = random.next() < votes;
    if (!vote || variant === 'broken') {
      if (said[Math.floor(replicas * random.next())] !== 0) result.wrong++;
      continue;
    }
    const majority = said.find((answer) => said.filter((other) => other === answer).length >= 2);
    const losers = said.flatMap((answer, replica) => (majority !== undefined && answer !== majority ? [replica] : []));
    if (losers.length > 0) result.lost++;
    if (losers.length === 1 && losers[0]! < liars) result.named++;
    if (result.timeline.length === 0)
      result.timeline = [
        `replicas say ${said.join(', ')} (0 is right): ${majority === undefined ? 'refused' : `${majority} wins`}${losers.length > 0 ? `, replica ${losers[0]! + 1} is named` : ''}`,
      ];
    if (majority === undefined) result.refused++;
    else if (majority !== 0) result.wrong++;
  }
  return result;
}
