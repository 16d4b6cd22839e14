import { expect, test } from 'vitest';
import { optionIn } from '../../../labs/runner/choice.ts';
import { startOf, withEvent } from '../../../labs/serve/run-view.ts';
import { labs } from '../../../labs/registry.ts';
import { ownerOfRun } from '../../../labs/runner/parameters.ts';
import { blindGuesses, hashOf, journalOf, possibilities, secretOf } from '../../../labs/32-game-day/secret.ts';

const choice = { label: 'Which node is it?', options: ['app-1', 'app-2'] };

test('an answer is one of the options, in any case, and another one is refused with all of them', () => {
  expect(optionIn(' APP-2 ', choice)).toBe('app-2');
  expect(() => optionIn('app-3', choice)).toThrow(/\bapp-1, app-2\b.*"app-3"/);
});

test('a page shows what the lab asks, until it is answered', () => {
  const asked = withEvent(startOf('32', 'live'), { kind: 'choices', choices: [choice] });
  expect(asked.choices).toEqual([choice]);
  expect(withEvent(asked, { kind: 'choices', choices: [] }).choices).toEqual([]);
});

test('seeds break every node in every way, and the journal hides which by its nonce', () => {
  const secrets = Array.from({ length: 400 }, (_, seed) => secretOf(String(seed)));
  expect(new Set(secrets.map(({ node, kind }) => `${node} ${kind}`)).size).toBe(possibilities);
  const [secret] = secrets;
  expect(secretOf('0')).toEqual(secret);
  expect(hashOf(journalOf(secret!, 'a'))).not.toBe(hashOf(journalOf(secret!, 'b')));
  expect(blindGuesses(secret!, 9_000, '1') / 9_000).toBeCloseTo(1 / possibilities, 1);
});

test('a lab with a secret draws a seed for each run, unless a seed or a student is given', () => {
  const seeds = [7, 8];
  const draw = (): number => seeds.shift()!;
  expect([ownerOfRun({ drawsSeed: true }, {}, draw), ownerOfRun({ drawsSeed: true }, {}, draw)]).toEqual([
    { seed: 7 },
    { seed: 8 },
  ]);
  for (const owner of [{ seed: 1 }, { student: 'ada' }])
    expect(ownerOfRun({ drawsSeed: true }, owner, draw)).toEqual(owner);
  expect(ownerOfRun({}, {}, draw)).toEqual({});
});

test('a lab that draws its seed has no numbers: the student predicts before the seed is drawn', () => {
  const drawing = labs.filter(({ drawsSeed }) => drawsSeed);
  expect(drawing.map(({ id }) => id)).toEqual(['32']);
  for (const { parameters } of drawing) expect(parameters).toEqual({});
});
