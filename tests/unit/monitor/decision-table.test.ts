import { expect, test } from 'vitest';
import { diagnose } from '../../../services/monitor/decision-table.ts';
import { verdicts } from '../../../shared/membership/verdict.ts';
import type { NodeEvidence } from '../../../services/monitor/evidence.ts';
import { beating, calm } from './decisions/case.ts';
import { casesOfLies } from './decisions/lies.ts';
import { casesOfSilence } from './decisions/silence.ts';
import { casesOfSlowness } from './decisions/slowness.ts';

const cases = [...casesOfSilence, ...casesOfSlowness, ...casesOfLies];

test.each(cases)('$is: $verdict', ({ evidence, observer, verdict, reason }) => {
  const full: NodeEvidence = { node: 'ranking-2', heartbeats: beating, callers: [], proofs: 0, ...evidence };
  const diagnosis = diagnose(full, { ...calm, ...observer });
  expect(diagnosis).toMatchObject({ node: 'ranking-2', verdict });
  if (verdict !== 'healthy') expect(diagnosis.reasons.length).toBeGreaterThan(0);
  if (reason) expect(diagnosis.reasons.join('; ')).toMatch(reason);
});

test('the table has a case for every verdict', () => {
  expect(new Set(cases.map(({ verdict }) => verdict))).toEqual(new Set(verdicts));
});
