import { expect, test } from 'vitest';
import { commit, isUnchanged } from '../../../labs/runner/prediction.ts';
import { parseOne, parsePrediction, withUnit } from '../../../labs/runner/units.ts';

test('a prediction is hashed with a nonce, and editing it is seen', () => {
  const prediction = commit('10', [20, 50, 100], 'it is free half of the time');
  expect(isUnchanged(prediction)).toBe(true);
  expect(isUnchanged({ ...prediction, values: [20, 50, 99] })).toBe(false);
  expect(isUnchanged({ ...prediction, because: 'I knew it' })).toBe(false);
  expect(commit('10', [20, 50, 100], 'it is free half of the time').sha256).not.toBe(prediction.sha256);
});

const ms = { id: 'a', label: 'W', unit: 'ms', theory: 100 } as const;
const share = { id: 'b', label: 'share', unit: '%', theory: 0.5 } as const;

test.each([
  ['100, 50', [100, 0.5]],
  ['.1s, 50%', [100, 0.5]],
  ['1e2 ms,5e1', [100, 0.5]],
])('the prediction "%s" is read with its units', (text, values) => {
  expect(parsePrediction(text, [ms, share])).toEqual(values);
});

test.each([
  ['fast, 50%', 'W: a number is wanted, such as 12ms, not "fast"'],
  ['100%, 50%', 'W: the unit is ms, not "%"'],
  ['100', '2 predictions are wanted'],
  ['1e999,2', 'too large'],
])('the prediction "%s" is refused in one line', (text, why) => {
  expect(() => parsePrediction(text, [ms, share])).toThrow(why);
});

test('a decimal comma is named as the problem, and not as a unit', () => {
  const why = 'share: a number has a decimal point and no comma, such as 12.5%, not "85,7%"';
  expect(() => parseOne('85,7%', share)).toThrow(why);
});

test('numbers are shown with their unit', () => {
  expect([withUnit(20.784, 'ms'), withUnit(0.632, '%'), withUnit(6.25e-6, '%'), withUnit(3_300, 'count')]).toEqual([
    '20.78 ms',
    '63.2%',
    '6.25e-4%',
    '3300',
  ]);
});
