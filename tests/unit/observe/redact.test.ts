import { expect, test } from 'vitest';
import { createRedactor, secretsIn } from '../../../shared/observe/redact.ts';

const secret = 'h7Xq-planted_SECRET.42';

test.each([
  [`{"headers":{"authorization":"Bearer ${secret}"}}`],
  [`{"msg":"GET /?operator=${secret} 404"}`],
  [`{"cookie":"tierlab=${secret}; a=b"}`],
  [`{"token":"${secret}","node":"app-1"}`],
  [`{"operatorToken": "${secret}"}`],
  [`{"err":{"message":"{\\"password\\":\\"${secret}\\"}"}}`],
  [`TIERLAB_OPERATOR_TOKEN=${secret} npm start`],
  [`HTTP_PROXY=http://student:${secret}@proxy.example:3128`],
  [`{"TIERLAB_NODE_KEY":"${secret}"}`],
  [`-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`],
  [`-----BEGIN EC PRIVATE KEY-----\\n${secret} and the line was cut`],
])('%s loses its secret', (text) => {
  const clean = createRedactor()(text);
  expect(clean).not.toContain(secret);
  expect(clean).toContain('[redacted]');
});

test('a known secret is found wherever it occurs', () => {
  const clean = createRedactor([secret])(`odd place ${secret}!`);
  expect(clean).toBe('odd place [redacted]!');
});

test('JSON stays JSON, and other members stay as they are', () => {
  const line = JSON.stringify({ level: 30, token: `a"b${secret}`, key: 'database/1', msg: 'ready', requestId: 'r-1' });
  expect(JSON.parse(createRedactor()(JSON.stringify({ token: secret, key: 'database/1', msg: 'ready' })))).toEqual({
    token: '[redacted]',
    key: 'database/1',
    msg: 'ready',
  });
  expect(createRedactor()(line)).toContain('"msg":"ready"');
});

test('the secrets of an environment are known, in JSON, too', () => {
  const environment = {
    TIERLAB_OPERATOR_TOKEN: secret,
    TIERLAB_NODE_KEYS: `{"app-1":"${'k'.repeat(43)}"}`,
    PATH: '/bin',
  };
  expect(secretsIn(environment)).toEqual(expect.arrayContaining([secret, 'k'.repeat(43)]));
  expect(secretsIn(environment)).not.toContain('/bin');
});
