import { RpcError } from '../../shared/rpc/errors.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { check, exactly, nothing, measuredShare } from '../kit/checks.ts';
import { readOperation } from '../kit/backend-client.ts';
import { createReplicaGroup, nameOf } from '../kit/replica-group.ts';
import { lab, type Variant } from '../runner/lab.ts';

const questions = 2_000;
/** In virtual time: a client ejects a liar for five minutes at most, so each question finds all three replicas. */
const betweenMs = 301_000;
const replicas = 3;
/** The number of possible answers of a question; 0 is the right one, and a liar draws one of the others. */
const answers = 1_000;
/** The probability that two independent liars tell the same lie by chance. Then they are the majority. */
const coincidence = 1 / (answers - 1);
const checks = 3;

/** How votes of three replicas cope with liars. */
export const byzantineAnswers = lab({
  id: '27',
  name: 'byzantine-answers',
  topic: 'Byzantine answers',
  question:
    'One of three replicas lies. How many wrong answers reach the users? What happens if a second replica lies?',
  seconds: 1,
  cores: 1,
  failuresExpected: true,
  parameters: { ask: { unit: '%', values: [0.5, 0.4, 0.6] } },
  formula:
    'without votes: wrong = liars / n; with votes: n = 2 f + 1 replicas outvote f liars, so 3 replicas outvote 1 liar',
  assumptions: [
    'the honest replicas give equal answers to equal questions',
    'a liar cannot answer in the name of another replica',
    `an independent liar draws one of the ${answers - 1} wrong answers at random`,
  ],
  quantities: ({ ask }) => [
    { id: 'never', label: 'wrong answers, one liar, no votes', unit: '%', theory: 1 / replicas },
    {
      id: 'sample',
      label: `wrong answers, one liar, votes on ${100 * ask!}% of the questions`,
      unit: '%',
      theory: (1 - ask!) / replicas,
    },
    { id: 'always', label: 'wrong answers, one liar, votes on all', unit: '%', theory: 0 },
    {
      id: 'independent',
      label: 'refused answers, two independent liars, votes on all',
      unit: '%',
      theory: 1 - coincidence,
    },
    { id: 'colluding', label: 'wrong answers, two colluding liars, votes on all', unit: '%', theory: 1 },
  ],
  async virtual({ ask }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const run = (name: string, liars: number, collude: boolean, votes: number) =>
      poll({ seed: `${seed}/${name}`, liars, collude, votes, variant });
    const never = await run('never', 1, false, 0);
    const sample = await run('sample', 1, false, ask!);
    const always = await run('always', 1, false, 1);
    const independent = await run('independent', 2, false, 1);
    const colluding = await run('colluding', 2, true, 1);
    const neverShare = measuredShare('never', never.wrong, questions);
    const sampleShare = measuredShare('sample', sample.wrong, questions);
    const independentShare = measuredShare('independent', independent.refused, questions);
    return {
      points: [
        neverShare.point,
        sampleShare.point,
        exactly('always', always.wrong / questions, questions),
        independentShare.point,
        exactly('colluding', colluding.wrong / questions, questions),
      ],
      checks: [
        neverShare.isTheory('without votes, a third of the answers is wrong', 1 / replicas, checks),
        sampleShare.isTheory(
          'votes on a share of the questions remove this share of the wrong answers',
          (1 - ask!) / replicas,
          checks,
        ),
        check('with votes, no lie of a single liar wins', always.wrong === 0, `${always.wrong} of ${questions}`),
        check(
          'the liar is named in each lost vote',
          always.lost > 0 && always.lost === always.named,
          `${always.named} of ${always.lost}`,
        ),
        independentShare.isTheory(
          'with two independent liars, answers are refused, unless both tell the same lie by chance',
          1 - coincidence,
          checks,
        ),
        check(
          'two colluding liars win every vote',
          colluding.wrong === questions,
          `${colluding.wrong} of ${questions}`,
        ),
      ],
      timeline: [...always.timeline, ...independent.timeline, ...colluding.timeline],
    };
  },
  variants: {
    broken: 'votes are off: the first answer that comes is taken',
    control: 'nobody lies',
  },
  hints: [
    'You ask one replica at random. How often do you meet the liar? You ask all three. Which one agrees with the liar?',
    'f + 1 honest replicas outvote f liars, so n = 2 f + 1. With n = 3, f = 1.',
    'Two of five witnesses lie, and each of them tells another lie. Three tell the same story, so this story wins.',
  ],
  explanation: () =>
    `A lie looks like an answer. Retries and heartbeats do not find it, because the liar is fast and healthy. You notice
it only if you compare several answers to the same question. With three replicas and votes, one liar loses each vote,
and the vote names it.

Two independent liars nearly always tell two different lies. Then there are three different answers, and no majority. So
the answer is refused. For the user, this looks like a fail-stop failure: an error, but no wrong answer. By chance, the
two lies are equal in 1 of ${answers - 1} questions, because a question has ${answers - 1} wrong answers. Such a lie
wins the vote.

Two colluding liars tell the same lie. They are the majority, and the vote names the honest replica as the liar. Votes
need more honest replicas than liars, because they cannot know which replica is honest. A signature by the author of the
data helps: a liar cannot sign a page that it has invented.`,
  transfer: {
    question: 'How many replicas do you need to outvote two colluding liars? Why do consensus protocols need 3 f + 1?',
    answer:
      'Votes need 2 x 2 + 1 = 5 replicas. In a consensus protocol, replicas must also agree on an order while f of ' +
      'them may be silent. So it needs f more: 3 f + 1 = 7.',
  },
});

/** Asks `questions` questions through the quorum layer of the system; `votes`: the share that is put to the vote. */
async function poll(options: {
  readonly seed: string;
  readonly liars: number;
  readonly collude: boolean;
  readonly votes: number;
  readonly variant: Variant;
}) {
  const { seed, liars, collude, votes, variant } = options;
  const result = { wrong: 0, refused: 0, named: 0, lost: 0, timeline: [] as string[] };
  const sim = createSimulation(seed);
  const lies = seededRandom(`${seed}/lies`);
  const lie = (): number => 1 + Math.floor((answers - 1) * lies.next());
  let common = lie();
  let said: string[] = [];
  const quorum = {
    when: votes === 1 ? ('always' as const) : ('sample' as const),
    share: votes,
    everyMs: 0,
    alarmMs: 0,
    operations: { [readOperation]: {} },
  };
  const ask = createReplicaGroup({
    sim,
    replicas,
    policy: {
      base: 'naive',
      balance: { by: 'random', slowStartMs: 0 },
      // Broken: no votes.
      quorum: votes > 0 && variant !== 'broken' && quorum,
    },
    serve(replica) {
      // Control: nobody lies.
      const isLiar = replica < liars && variant !== 'control';
      const answer = !isLiar ? 0 : collude ? common : lie();
      said.push(`${nameOf(replica)} says ${answer}`);
      return { body: { answer }, tookMs: 1 };
    },
    observe(event) {
      if (event.event !== 'vote-lost') return;
      result.lost++;
      if (event.node === nameOf(0)) result.named++;
      said.push(`${event.node} is named as the liar`);
    },
  });
  const all = (async () => {
    for (let i = 0; i < questions; i++) {
      said = [];
      common = lie();
      const answer = await ask().then(({ body }) => (body as { answer: number }).answer, refusal);
      if (answer === undefined) result.refused++;
      else if (answer !== 0) result.wrong++;
      // The first vote in which a liar took part.
      if (result.timeline.length === 0 && said.length > 2)
        result.timeline = [`0 is right. ${said.join(', ')}: ${answer === undefined ? 'refused' : `${answer} wins`}`];
      await sleep(sim.scheduler, betweenMs);
    }
  })();
  await sim.run();
  await all;
  return result;
}

/** The error of a vote without a majority; other errors are defects of this lab. */
function refusal(error: unknown): undefined {
  if (!(error instanceof RpcError) || error.code !== 'bad_reply') throw error;
}
