import { expect, test } from 'vitest';
import { createObservedRelations } from '../../../services/console/architecture/observed.ts';
import { topologyNamed } from '../../support/topologies.ts';

const topology = await topologyNamed('multitier');

test('however many pages ask who called whom, the traces are read at most once in five seconds', async () => {
  let now = 0;
  let lists = 0;
  const source = {
    traces: async () => {
      lists++;
      return { traces: [] };
    },
    trace: async () => undefined,
  };
  const relations = createObservedRelations(topology, source, { now: () => now, wall: () => now });
  const answers = await Promise.all(Array.from({ length: 20 }, () => relations()));
  expect(answers[19]!.map(({ style, traces }) => [style, traces])).toEqual([
    ['object-based', 0],
    ['layered', 0],
  ]);
  now = 4_999;
  await relations();
  expect(lists).toBe(1);
  now = 5_000;
  await relations();
  expect(lists).toBe(2);
});
