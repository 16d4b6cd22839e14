import { check, exactly, nothing, measuredShare, within } from '../kit/checks.ts';
import { lab, type Check, type Findings } from '../runner/lab.ts';
import { liveGameDay } from './live.ts';
import { playVirtually } from './model.ts';
import { gameDayLines, type Played } from './played.ts';
import {
  blindGuesses,
  hashOf,
  secretInWords,
  isSame,
  failureKinds,
  meanQuestions,
  possibilities,
  questionsAsked,
  suspects,
} from './secret.ts';

const guesses = 2_000;

/** Something is broken. What, and where? */
export const gameDay = lab({
  id: '32',
  name: 'game-day',
  topic: 'game day',
  question: 'One of six nodes is broken, and nobody tells you which one or how. What do you look at first?',
  seconds: 40,
  cores: 2,
  failuresExpected: true,
  drawsSeed: true,
  parameters: {},
  formula:
    'a blind guess is right in 1 of nodes x kinds cases; by halving, log2(nodes x kinds) yes/no questions find the ' +
    'answer',
  assumptions: [
    'each node and each kind of failure is equally likely',
    'one node is broken, and in one way',
    'each question halves the number of possibilities, and its answer is right',
  ],
  quantities: () => [
    { id: 'guess', label: 'blind guesses that name node and kind', unit: '%', theory: 1 / possibilities },
    { id: 'questions', label: 'yes/no questions until one is left, on average', unit: 'count', theory: meanQuestions },
    { id: 'named', label: 'the monitor names node and kind', unit: '%', theory: 1 },
  ],
  async virtual(_, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const played = await playVirtually(seed, variant);
    const { points, checks } = judged(played, seed);
    return { points, checks, timeline: [...gameDayLines(played), ...played.log] };
  },
  async live(_, context) {
    const played = await liveGameDay(context);
    const { points, checks } = judged(played, context.seed);
    return { points, checks, timeline: gameDayLines(played), faults: [played.proof] };
  },
  variants: {
    broken: 'the monitor gets no evidence',
    control: 'somebody edits the journal after its hash was shown, so no answer can be right',
  },
  hints: [
    'A node can be silent, late or wrong. For each of the three, which other nodes notice it? Where can you read ' +
      'that?',
    'First find the kind of failure. Is a node missing? Does a search take longer than usual? If not, a node lies. ' +
      'Then find the tier, and then the replica. Traces show the slow node, and lost votes show the liar.',
    'One of 9 coins is too heavy. You have a balance, and weigh 3 coins against 3: now 3 coins are left. You weigh 1 ' +
      'against 1: now you know the coin. Two weighings are enough, because each one decides about several coins.',
  ],
  explanation: () =>
    `There are ${suspects.length} nodes and ${failureKinds.length} kinds of failures, so ${possibilities} possibilities.
A blind guess is right in one of ${possibilities} cases. Every good question halves the number of possibilities, so
${Math.ceil(meanQuestions)} questions are always enough. People who know a system ask better questions.

Each kind of failure has its own evidence. A crashed node sends no heartbeats, and accepts no connections. Traces show a
limping node: the same operation takes longer at one replica than at the others. Votes show a lying node: its answers
lose against those of two other replicas. To notice a limping or lying node, you must compare it with others.

The monitor uses the same evidence, and needs only seconds, because it looks at everything all the time. But it knows
only the failures for which somebody has written a rule. On a real game day, it is most useful to find a failure that no
rule knows.`,
  transfer: {
    question:
      'You get an alarm: "checkout is slow". There are 40 services, and each may be slow, wrong or down. Which three ' +
      'questions do you ask first?',
    answer:
      'Ask questions that exclude many possibilities. Is it slow for all users, or only for some? Is the checkout ' +
      'slow itself, or does it call a slow service (see a trace)? Did it begin after a change? 120 possibilities ' +
      'need about 7 good questions.',
  },
});

function judged({ secret, journal, shownHash, person, monitor }: Played, seed: string) {
  const guess = measuredShare('guess', blindGuesses(secret, guesses, seed), guesses);
  const questions = questionsAsked(guesses, seed);
  const monitorIsRight = isSame(monitor?.answer, secret);
  const checks: Check[] = [
    check('the journal is the one whose hash was shown', hashOf(journal) === shownHash, shownHash.slice(0, 16)),
    guess.isTheory('one blind guess of 18 is right', 1 / possibilities, 1),
    within('halving needs log2 of the possibilities', questions, meanQuestions, 0.02, guesses),
    check(
      'the monitor names node and kind',
      monitorIsRight,
      monitor === undefined
        ? 'it named nobody'
        : `${secretInWords(monitor.answer)}, after ${monitor.seconds.toFixed(1)} s`,
    ),
  ];
  if (person !== undefined)
    checks.push({
      ...check(
        'your answer is what the journal says',
        isSame(person.answer, secret),
        `${secretInWords(person.answer)}, after ${person.seconds.toFixed(1)} s; ` +
          `the journal says ${secretInWords(secret)}`,
      ),
      untimed: true,
    });
  const points: Findings['points'] = [
    guess.point,
    exactly('questions', questions, guesses),
    measuredShare('named', monitorIsRight ? 1 : 0, 1).point,
  ];
  return { points, checks };
}
