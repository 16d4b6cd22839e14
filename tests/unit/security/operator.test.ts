import { expect, test } from 'vitest';
import { createControlServer } from '../../../shared/control/server.ts';
import { operatorEnvironment, operatorOf, takeOperator } from '../../../shared/security/operator.ts';
import { digestOf, isSecret } from '../../../shared/security/same-secret.ts';
import { listen } from '../../support/listen.ts';

const token = 'a-long-secret';
const digest = digestOf(token);

test('a node that gives no orders never sees the token: it can only recognise it', () => {
  const environmentOf = (...components: string[]) => ({
    TIERLAB_OPERATOR_TOKEN: 'inherited',
    ...operatorEnvironment(operatorOf(token, undefined), { components }),
  });
  for (const component of ['monitor', 'chaos', 'console'])
    expect(takeOperator(environmentOf('app', component))).toEqual({ token, digest });
  const others = environmentOf('gateway', 'app', 'database');
  expect(JSON.stringify(others)).not.toContain(token);
  expect(takeOperator(others)).toEqual({ token: undefined, digest });
});

test('a machine that was given only the digest hands it on; without either a node takes no orders', () => {
  const given = operatorOf('', digest);
  expect(takeOperator({ ...operatorEnvironment(given, { components: ['app'] }) })).toEqual({
    token: undefined,
    digest,
  });
  expect(takeOperator({ TIERLAB_OPERATOR_TOKEN: '', TIERLAB_OPERATOR_DIGEST: '' })).toEqual({
    token: undefined,
    digest: undefined,
  });
});

test('a node takes the token out of its environment', () => {
  const env = { TIERLAB_OPERATOR_TOKEN: token, TIERLAB_OPERATOR_DIGEST: digest, PATH: '/bin' };
  expect(takeOperator(env).token).toBe(token);
  expect(env).toEqual({ PATH: '/bin' });
});

test('the digest itself is not the secret, nor is a part of the secret, or nothing', () => {
  expect([token, digest, 'a-long', ''].map((given) => isSecret(given, digest))).toEqual([true, false, false, false]);
  expect(isSecret(token, 'not a digest')).toBe(false);
});

test('a control port that knows only the digest takes orders only with the token', async () => {
  const route = { method: 'POST', path: '/order', access: 'operator', handle: () => ({ done: true }) } as const;
  const numbers = [
    await listen(createControlServer([route], digest)),
    await listen(createControlServer([route], undefined)),
  ];
  const order = async (number: number, given?: string) => {
    const headers: Record<string, string> = given === undefined ? {} : { authorization: `Bearer ${given}` };
    return (await fetch(`http://127.0.0.1:${number}/order`, { method: 'POST', headers })).status;
  };
  expect(await Promise.all([token, digest, 'guessed', undefined].map((given) => order(numbers[0]!, given)))).toEqual([
    200, 401, 401, 401,
  ]);
  expect(await order(numbers[1]!, token)).toBe(403);
});

test.each([
  ['{"hedge":true,\n"hedge":false}', /\bline 2: hedge\b.*\btwice\b/],
  ['{"hedge":true,\n}', /\bline 2: not JSON\b/],
])('an order with the body %j is refused, with the line', async (body, why) => {
  const route = { method: 'POST', path: '/order', access: 'operator', handle: () => ({ done: true }) } as const;
  const port = await listen(createControlServer([route], digest));
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}/order`, { method: 'POST', headers, body });
  expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(why)]);
});
