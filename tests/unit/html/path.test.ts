import { expect, test } from 'vitest';
import type { Making } from '../../../search/making.ts';
import { pathOf } from '../../../services/html/path.ts';

const via = ['client-1', 'gateway-2', 'app-1'];
const shown = (making: Partial<Making>) => {
  const { chain, calls } = pathOf({ tookMs: 1, style: 'object-based', via, servedBy: [], ...making });
  const line = (tiers: typeof chain) => tiers.map(({ nodes }) => nodes.join(' + ')).join(' > ');
  return { chain: line(chain), calls: line(calls) };
};

test('object-based: a chain down to the application server, and what it called', () => {
  expect(shown({ servedBy: ['query-2', 'database-2-1', 'database-1-3', 'ranking-1', 'html-2'] })).toEqual({
    chain: 'client-1 > gateway-2 > app-1',
    calls: 'query-2 > database-1-3 + database-2-1 > ranking-1 > html-2',
  });
});

test('layered: one chain all the way down', () => {
  expect(
    shown({ style: 'layered', servedBy: ['html-2', 'ranking-1', 'query-2', 'database-1-3', 'database-2-1'] }),
  ).toEqual({
    chain: 'client-1 > gateway-2 > app-1 > html-2 > ranking-1 > query-2 > database-1-3 + database-2-1',
    calls: '',
  });
});

test('a node that hosts several components, or was asked twice, stands once', () => {
  expect(shown({ via: ['server-1', 'server-1', 'server-1'], servedBy: ['server-1', 'server-1'] })).toEqual({
    chain: 'server-1',
    calls: '',
  });
  expect(shown({ servedBy: ['database-1-1', 'database-1-1', 'database-1-2'] }).calls).toBe(
    'database-1-1 + database-1-2',
  );
});

test('shards are in the order of their numbers', () => {
  expect(shown({ servedBy: ['database-10-1', 'database-2-1'] }).calls).toBe('database-2-1 + database-10-1');
});

test('tiers know their level', () => {
  const { chain, calls } = pathOf({ tookMs: 1, style: 'object-based', via, servedBy: ['database-1-1'] });
  expect([...chain, ...calls].map(({ level }) => level)).toEqual([
    'user-interface',
    'processing',
    'processing',
    'data',
  ]);
});
