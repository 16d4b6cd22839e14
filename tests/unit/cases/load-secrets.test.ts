import { expect, test } from 'vitest';
import { parseHeader } from '../../../loadgen/options/quantities.ts';
import { parseTarget } from '../../../loadgen/options/target.ts';
import { withoutValues } from '../../../loadgen/report/describe.ts';
import { resultJson } from '../../../loadgen/report/json.ts';
import { htmlReport } from '../../../loadgen/report/page/page.ts';
import { decodeResult, encodeResult } from '../../../loadgen/report/results-file.ts';
import { terminalReport } from '../../../loadgen/report/terminal.ts';
import { terminalStyle } from '../../../loadgen/report/terminal-style.ts';
import { parseRequestList } from '../../../loadgen/workload/list.ts';
import type { WorkloadSpec } from '../../../loadgen/workload/spec.ts';
import { PassThrough } from 'node:stream';
import { judged, sampleRun } from '../loadgen/sample-run.ts';

const secret = 'sesame-7f3a';
const headers = { authorization: `Bearer ${secret}` };
const secretWorkloads: { input: string; workload: WorkloadSpec }[] = [
  {
    input: 'a header of a list',
    workload: { kind: 'list', requests: [{ method: 'GET', target: '/', name: '/', headers }] },
  },
  {
    input: 'a body of a list',
    workload: {
      kind: 'list',
      requests: [{ method: 'POST', target: '/', name: '/', body: `{"password":"${secret}"}` }],
    },
  },
  {
    input: 'a header of a single request',
    workload: { kind: 'url', request: { method: 'GET', target: '/', name: '/', headers } },
  },
  {
    input: 'a body of a single request',
    workload: { kind: 'url', request: { method: 'POST', target: '/', name: '/', body: secret } },
  },
  {
    input: 'a parameter of a list',
    workload: { kind: 'list', requests: [{ method: 'GET', target: `/a?b=1&token=${secret}`, name: '/a' }] },
  },
  {
    input: 'a parameter of a single request',
    workload: { kind: 'url', request: { method: 'GET', target: `/a?api_key=${secret}&b`, name: '/a' } },
  },
  {
    input: 'a query without a name',
    workload: { kind: 'url', request: { method: 'GET', target: `/a?${secret}`, name: '/a' } },
  },
  { input: 'the folder of a scenario', workload: { kind: 'scenario', file: `/home/${secret}/a.ts`, words: [] } },
];

test.each(secretWorkloads)('L7 $input is in no result and no report', async ({ workload }) => {
  const run = judged(sampleRun());
  const target = { ...run.plan.target, path: `/?token=${secret}` };
  run.plan = { ...run.plan, target, workload, headers: [['cookie', secret]], ca: secret };
  const again = decodeResult(encodeResult(run), 'x');
  expect(JSON.stringify(again)).not.toContain(secret);
  expect(JSON.stringify(resultJson(run))).not.toContain(secret);
  expect(terminalReport(run, terminalStyle(new PassThrough()))).not.toContain(secret);
  expect(await htmlReport([run])).not.toContain(secret);
});

test.each([
  ['/', '/'],
  ['/a?q=cat', '/a?q=***'],
  ['/a?q=cat&token=x=y', '/a?q=***&token=***'],
  ['/a?x', '/a?***'],
  ['/a?', '/a?***'],
  ['/a?b?c=d&', '/a?b?c=***&***'],
])('L7 %s is shown as %s', (target, shown) => expect(withoutValues(target)).toBe(shown));

test.each([
  { input: () => parseHeader(`authorization Bearer ${secret}`) },
  { input: () => parseHeader(`authorization: Bearer ${secret}\u0001`) },
  { input: () => parseHeader(`authorization: Bearer ${secret} Ł`) },
  { input: () => parseRequestList(`{"target":"/","headers":{"authorization":"Bearer ${secret}\\n"}}`) },
  { input: () => parseRequestList(`{"target":"/","headers":{"authorization":"Bearer ${secret}"}`) },
  { input: () => parseHeader(`Bearer ${secret}: x`) },
  { input: () => parseRequestList(`{"target":"/","headers":{"Bearer ${secret}":"x"}}`) },
  { input: () => parseTarget(`http://user:${secret}@127.0.0.1:99999/`) },
  { input: () => parseTarget(`http://user:${secret}@127.0.0.1/`) },
])('L7 an error does not repeat a secret ($input)', ({ input }) => {
  let message = '';
  try {
    input();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).not.toBe('');
  expect(message).not.toContain(secret);
});
