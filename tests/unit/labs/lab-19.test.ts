import { expect, test } from 'vitest';
import { checksOfLives } from '../../../labs/19-bathtub-curve/live.ts';
import { firstFailure } from '../../../labs/19-bathtub-curve/model.ts';
import { seededRandom } from '../../../shared/time/random.ts';

const shapes = { young: 0.5, random: 1, worn: 4 };
const random = seededRandom('lives');
const lives = Array.from({ length: 200 }, () => {
  const drawn = firstFailure(random, shapes);
  return { drawn, seen: drawn + 0.02 };
});
const verdicts = (seen: typeof lives) => checksOfLives(seen, shapes).map(({ verdict }) => verdict);

test('machines that fail as drawn follow the sum of the three rates', () => {
  expect(verdicts(lives)).toEqual(['PASS', 'PASS']);
});

test('machines that fail at other times do not pass', () => {
  expect(verdicts(lives.map(({ drawn }) => ({ drawn, seen: drawn + 0.5 })))).toEqual(['FAIL', 'FAIL']);
});

test('machines that have no early failures do not pass', () => {
  const afterBurnIn = lives.filter(({ drawn }) => drawn > 1);
  expect(verdicts(afterBurnIn)).toEqual(['PASS', 'FAIL']);
});
