import { expect, test } from 'vitest';
import { groupByRelation } from '../../../services/html/relations.ts';

const link = (relation: string, id: string) => ({ id, title: id, relation });

test('links are grouped by relation, the telling ones first, unknown ones as they are', () => {
  const groups = groupByRelation([
    link('see_here', 'a'),
    link('hyponym', 'b'),
    link('hypernym', 'c'),
    link('hyponym', 'd'),
  ]);
  expect(groups.map(({ heading, links }) => [heading, links.map(({ id }) => id)])).toEqual([
    ['A kind of', ['c']],
    ['Kinds of it', ['b', 'd']],
    ['See here', ['a']],
  ]);
});

test('how a relation is written does not matter for its heading', () => {
  expect(groupByRelation([link('Member-Holonym', 'a')])[0]?.heading).toBe('A member of');
  expect(groupByRelation([link('', 'a')])[0]?.heading).toBe('Links');
});
