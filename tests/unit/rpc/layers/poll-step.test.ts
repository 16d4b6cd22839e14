import { expect, test } from 'vitest';
import { nextStep, type PollState } from '../../../../shared/rpc/layers/trust/poll-step.ts';

const x = ['a', 'b', 'c'].map((node) => ({ node, body: 'x' }));
const y = { node: 'd', body: 'y' };
/** Two of three were asked. */
const asked: PollState = { votes: [], asked: 2, running: 2, refuted: 0, exhausted: false, late: false };
const strict = { f: 1, replicas: 3, strict: true };
const pair = { ...strict, replicas: 2 };
const sample = { ...strict, strict: false };
const samplePair = { ...pair, strict: false };

const ask = (free: boolean) => ({ do: 'ask', free });

test.each([
  ['two are asked', strict, {}, 'wait'],
  ['two agree', strict, { votes: x.slice(0, 2), running: 0 }, 'decide'],
  ['one answered, one runs', strict, { votes: [x[0]!], running: 1 }, 'wait'],
  ['one failed', strict, { running: 1 }, ask(false)],
  ['one failed, without a token', strict, { running: 1, exhausted: true }, 'too-few'],
  ['one failed, of a pair', pair, { running: 1 }, 'wait'],
  ['one of a pair failed, the other answered', pair, { votes: [x[0]!], running: 0 }, 'too-few'],
  ['two differ', strict, { votes: [x[0]!, y], running: 0 }, ask(true)],
  ['two differ, without a token', strict, { votes: [x[0]!, y], running: 0, exhausted: true }, ask(true)],
  ['two of a pair differ', pair, { votes: [x[0]!, y], running: 0 }, 'no-majority'],
  ['one was refuted', strict, { votes: [x[0]!], running: 0, refuted: 1 }, ask(true)],
  ['the last one is late', pair, { votes: [x[0]!], running: 1, late: true }, 'wait'],
  ['of a sample, the last one is late', samplePair, { votes: [x[0]!], running: 1, late: true }, 'accept'],
  ['of a sample, all are late', samplePair, { late: true }, 'wait'],
  ['of a sample, one failed and one answered', samplePair, { votes: [x[0]!], running: 0 }, 'accept'],
  ['of a sample, one was refuted', samplePair, { votes: [x[0]!], running: 0, refuted: 1 }, 'too-few'],
  ['of a sample, two differ', samplePair, { votes: [x[0]!, y], running: 0 }, 'no-majority'],
  ['of a sample, all failed', samplePair, { running: 0 }, 'too-few'],
  ['of a sample, one failed without a token, and one runs', sample, { running: 1, exhausted: true }, 'wait'],
  [
    'of a sample, one failed without a token, and one answered',
    sample,
    { votes: [x[0]!], running: 0, exhausted: true },
    'accept',
  ],
] as const)('when %s', (_, options, state, expected) => {
  const step = nextStep(options, { ...asked, ...state });
  expect(typeof expected === 'string' ? step.do : step).toEqual(expected);
});
