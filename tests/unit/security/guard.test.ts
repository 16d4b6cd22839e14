import { expect, test } from 'vitest';
import { requireOwnOrigin, requireToken } from '../../../shared/control/guard.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { digestOf } from '../../../shared/security/same-secret.ts';

const order = { authorization: 'Bearer secret', host: 'localhost:7500' };
const hosts = ['lab.example.org'];

test.each([
  [{}, undefined],
  [{ origin: 'http://localhost:7500' }, undefined],
  [{ origin: 'https://localhost:7500' }, undefined],
  [{ host: '127.0.0.1:7500', origin: 'http://127.0.0.1:7500' }, undefined],
  [{ host: 'lab.example.org:7500', origin: 'http://lab.example.org:7500' }, undefined],
  [{ authorization: undefined }, 'unauthenticated'],
  [{ authorization: 'Bearer guess' }, 'unauthenticated'],
  [{ authorization: '' }, 'unauthenticated'],
  [{ authorization: 'Bearer ' }, 'unauthenticated'],
  [{ origin: 'http://evil.example' }, 'forbidden'],
  [{ origin: 'null' }, 'forbidden'],
  [{ origin: '' }, 'forbidden'],
  [{ origin: 'http://localhost:7501' }, 'forbidden'],
  [{ origin: 'http://localhost:7500.evil.example' }, 'forbidden'],
  [{ host: 'evil.example' }, 'forbidden'],
  [{ host: 'evil.example', origin: 'http://evil.example' }, 'forbidden'],
  [{ host: undefined }, 'forbidden'],
])('an order with %j is answered %s', (changed, code) => {
  const headers = { ...order, ...changed };
  let refusal: unknown;
  try {
    requireOwnOrigin(headers, hosts);
    requireToken(headers, digestOf('secret'));
  } catch (thrown) {
    refusal = thrown;
  }
  expect((refusal as RpcError | undefined)?.code).toBe(code);
});

test('without a digest no token is right', () => {
  expect(() => requireToken(order, undefined)).toThrow(/started without an operator token/);
});
