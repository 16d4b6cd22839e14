import { expect, test } from 'vitest';
import { sharesOf } from '../../../labs/16-reliability-and-availability/live.ts';

const probes = (answers: string) => [...answers].map((sign, i) => ({ atMs: 10 * i, ok: sign === '=' }));

test('the same availability has different reliabilities', () => {
  // Jobs of 20 ms begin at each answered probe, except in the last 20 ms.
  expect(sharesOf(probes('======..===='), 20)).toEqual({ availability: 10 / 12, reliability: 6 / 8 });
  expect(sharesOf(probes('==.====.===='), 20)).toEqual({ availability: 10 / 12, reliability: 4 / 8 });
});
