import { hostname, networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { parseTarget, requireAllowed } from '../../../loadgen/options/target.ts';
import { isThisMachine } from '../../../shared/net/this-machine.ts';

const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);

test.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'docs.localhost',
  'a.b.localhost.',
  '127.0.0.1',
  '127.8.9.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0x7F.1',
  '0177.0.0.01',
  '0.0.0.0',
  '0',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  '::',
  '[::]',
  '::ffff:127.0.0.1',
  '[::ffff:7f00:1]',
  '::FFFF:0.0.0.0',
  hostname(),
  ...own.map(({ address }) => address),
])('C15 %s is this machine', (host) => {
  expect(isThisMachine(host)).toBe(true);
});

test.each([
  '',
  'example.org',
  '127.0.0.1.example.org',
  'localhost.example',
  'notlocalhost',
  '1127.0.0.1',
  '127.0.0.256',
  '128.0.0.1',
  '198.51.100.77',
  '3232235777',
  '[::2]',
  '::ffff:198.51.100.77',
  '127.0.0.1@example.org',
  'example.org/127.0.0.1',
  '127.0.0.1/',
  'a b',
])('C15 %j is not this machine', (host) => {
  expect(isThisMachine(host)).toBe(false);
});

test('C15 load is checked by the same function as a crawl', () => {
  for (const address of ['http://0.0.0.0:8000/', 'http://[::]:8000/', '2130706433:8000', 'http://localhost.:8000/'])
    expect(() => requireAllowed(parseTarget(address), []), address).not.toThrow();
  expect(() => requireAllowed(parseTarget('http://198.51.100.77/'), [])).toThrow(/\b198\.51\.100\.77\b/);
});
