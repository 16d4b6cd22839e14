import { expect, test } from 'vitest';
import { optionIn } from '../../../labs/runner/choice.ts';
import { startOf, withEvent } from '../../../labs/serve/run-view.ts';
import { blindGuesses, hashOf, journalOf, possibilities, secretOf } from '../../../labs/32-game-day/secret.ts';

const choice = { label: 'Which node is it?', options: ['app-1', 'app-2'] };

test('an answer is one of the options, in any case, and another one is refused with all of them', () => {
  expect(optionIn(' APP-2 ', choice)).toBe('app-2');
  expect(() => optionIn('app-3', choice)).toThrow('Which node is it? one of app-1, app-2 is wanted, not "app-3"');
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
