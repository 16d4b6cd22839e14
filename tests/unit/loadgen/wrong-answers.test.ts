import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { resultJson } from '../../../loadgen/report/json.ts';
import { htmlReport } from '../../../loadgen/report/page/page.ts';
import { decodeResult, encodeResult } from '../../../loadgen/report/results-file.ts';
import { terminalReport } from '../../../loadgen/report/terminal.ts';
import { terminalStyle } from '../../../loadgen/report/terminal-style.ts';
import { firstDifference } from '../../../loadgen/verify/difference.ts';
import { answerDigest } from '../../../loadgen/verify/digest.ts';
import { oracleText, parseOracle } from '../../../loadgen/verify/oracle.ts';
import { answerToKeep, explainWrong, wrongAnswerLog } from '../../../loadgen/verify/wrong-answers.ts';
import { answerOf } from '../../../loadgen/workload/request.ts';
import { judged, sampleRun } from './sample-run.ts';

const request = { method: 'GET', target: '/api/search?q=cat', name: 'search', headers: { authorization: 'secret' } };
const answer = (id: string) =>
  answerOf(200, Buffer.from(JSON.stringify({ tookMs: 3, servedBy: ['gateway', 'ranking-1'], results: [{ id }] })));
const right = answer('a');
const oracle = parseOracle(oracleText([[request.target, answerDigest(right.body, right.json()), answerToKeep(right)]]));

test('a wrong answer is kept with its question, both answers, where they differ, its nodes and its time', () => {
  const log = wrongAnswerLog();
  log.add(250, request, answer('b'), 'content');
  expect(explainWrong(log.drain(), oracle, Date.UTC(2026, 0, 1))).toEqual([
    {
      at: '2026-01-01T00:00:00.250Z',
      atMs: 250,
      question: 'GET /api/search?q=cat',
      why: 'content',
      expected: '{"results":[{"id":"a"}]}',
      got: '{"results":[{"id":"b"}]}',
      difference: { path: 'results[0].id', expected: '"a"', got: '"b"' },
      nodes: ['gateway', 'ranking-1'],
    },
  ]);
});

test('number and size are bounded, in a worker and over all workers', () => {
  const logs = [wrongAnswerLog(), wrongAnswerLog()];
  for (let i = 0; i < 1000; i++) for (const log of logs) log.add(i, request, answer('😀'.repeat(50_000)), 'content');
  const seen = logs.flatMap((log) => log.drain());
  expect(seen).toHaveLength(200);
  expect(Math.max(...seen.map(({ got }) => got.length))).toBeLessThan(33_000);
  const kept = explainWrong(seen, oracle, 0);
  expect(kept).toHaveLength(100);
  expect(kept.every(({ got }) => got.length <= 2001 && got.isWellFormed())).toBe(true);
});

test('every output shows them, and says how many more there were', async () => {
  const log = wrongAnswerLog();
  for (let i = 0; i < 5; i++) log.add(i, request, answer('<b>'), 'content');
  const sample = sampleRun();
  const wrongAnswers = explainWrong(log.drain(), oracle, sample.startedAtMs);
  const run = judged({ ...sample, counts: { ...sample.counts, wrong: 240 }, wrongAnswers });
  const text = terminalReport(run, terminalStyle(new PassThrough()));
  expect(text).toMatch(/got at results\[0\]\.id: "<b>"/);
  expect(text).toMatch(/\b3 of 240\b.*\b5\b/);
  const html = await htmlReport([run]);
  expect(html).toContain('&lt;b&gt;');
  expect(html).toMatch(/\b5 of 240\b.*\b5\b/);
  expect(resultJson(run)['wrongAnswers']).toHaveLength(5);
  expect(decodeResult(encodeResult(run), 'x').wrongAnswers).toEqual(run.wrongAnswers);
  expect(JSON.stringify(resultJson(run))).not.toContain('secret');
});

test.each([
  ['{"a":1}', '{"a":1}', undefined],
  ['{"a":1}', '{"a":1,"b":2}', { path: 'b', expected: 'nothing', got: '2' }],
  ['[1,2]', '[1]', { path: '[1]', expected: '2', got: 'nothing' }],
  ['{"a":[]}', '{"a":{}}', { path: 'a', expected: '[]', got: '{}' }],
  ['one text', 'one test', { path: 'character 7', expected: 'one text', got: 'one test' }],
])('the first difference of %s and %s', (expected, got, difference) => {
  expect(firstDifference(expected, got)).toEqual(difference);
});
