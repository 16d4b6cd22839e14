import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { keyCookie, typedKey } from '../../../web/key-cookie.ts';

const { of, in: keyIn } = keyCookie('console');
const at = (host: string, cookie?: string) => ({ headers: { host, cookie } }) as FastifyRequest;

test('servers at two ports of this machine keep their cookies apart, also behind published ports', () => {
  const sent = [of(at('localhost:8082'), 'first'), of(at('localhost:9082'), 'second')]
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
  expect(keyIn(at('localhost:8082', sent))).toBe('first');
  expect(keyIn(at('localhost:9082', sent))).toBe('second');
  expect(keyIn(at('localhost:7082', sent))).toBeUndefined();
});

test.each([
  ['abc', 'abc'],
  [' abc\n', 'abc'],
  ['http://localhost:8082/?operator=abc#/faults', 'abc'],
])('the key in what a person typed, "%s", is found', (typed, key) => {
  expect(typedKey({ body: { key: typed } } as FastifyRequest, 'operator')).toBe(key);
});

test.each([[undefined], [{}], [{ key: 7 }], [{ key: 'x'.repeat(501) }]])('the body %j is refused', (body) => {
  expect(() => typedKey({ body } as FastifyRequest, 'key')).toThrow('key: must be a text of at most 500 characters');
});
