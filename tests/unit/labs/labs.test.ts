import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditHolds, auditLab } from '../../../labs/commands/audit.ts';
import { labs } from '../../../labs/registry.ts';
import { drawParameters, seedOf } from '../../../labs/runner/parameters.ts';
import { completed } from '../../../labs/runner/verdict.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test('labs stand in the order of their numbers, each once', () => {
  const ids = labs.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted());
});

describe.each(labs.map((lab) => [lab.id, lab] as const))('lab %s', (_, lab) => {
  const file = path.join(root, 'labs', `${lab.id}-${lab.name}`, 'README.md');

  test('has hints, assumptions, a transfer question with its answer, and variants', () => {
    for (const text of [...lab.hints, ...lab.assumptions, lab.formula, lab.question, ...Object.values(lab.variants)])
      expect(text.trim().length).toBeGreaterThan(10);
    expect('notAudited' in lab.variants).toBe((lab.virtual ?? lab.madeUp) === undefined);
    expect(lab.virtual !== undefined && lab.madeUp !== undefined).toBe(false);
    expect(new Set(lab.hints).size).toBe(3);
    expect(lab.assumptions.length).toBeGreaterThan(0);
    expect(lab.transfer.question.endsWith('?')).toBe(true);
    expect(lab.transfer.answer.length).toBeGreaterThan(20);
    expect(lab.explanation(drawParameters(lab, {}))).not.toMatch(/NaN|undefined|unlimited/);
  });

  test('has a text of at most two screens: question, picture, formula, what to do, watch and explain', () => {
    expect(existsSync(file)).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(80);
    expect(text).toMatch(new RegExp(`^# Lab ${lab.id}: `));
    for (const name of Object.keys(lab.parameters)) {
      expect(text).toMatch(new RegExp(`\\b${name}\\b`));
      expect(text).toContain('--student');
    }
    for (const part of [
      '```',
      '## The idea',
      '## The formula',
      'assumes:',
      '## Do',
      '## Watch',
      '## Explain',
      '## Read on',
    ])
      expect(text).toContain(part);
    expect(text).toMatch(new RegExp(`^${lab.seconds} seconds?, ${lab.cores} cores?[.] `, 'm'));
    expect(text).toContain(`npm run lab -- ${lab.id}`);
    const saysFailures = text.replaceAll(/\s+/g, ' ').includes('Failures are part of this lab.');
    expect(saysFailures).toBe(lab.failuresExpected === true);
  });

  test('predicts finite numbers, and each of its parameters has a set to draw from', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const quantities = lab.quantities(drawParameters(lab, { seed }));
      expect(quantities.length).toBeGreaterThan(0);
      expect(new Set(quantities.map(({ id }) => id)).size).toBe(quantities.length);
      for (const { theory } of quantities) expect(Number.isFinite(theory)).toBe(true);
    }
    for (const { values } of Object.values(lab.parameters)) expect(values.length).toBeGreaterThan(1);
  });

  test.skipIf(!lab.madeUp)('its checks pass measurements of a correct system only, made up from a seed', async () => {
    const result = await auditLab(lab, 20, 20);
    expect(result.firstFailure).toBeUndefined();
    expect(auditHolds(result)).toBe(true);
  });

  test.skipIf(!lab.virtual)(
    'passes with a correct system only, and the same seed gives the same bytes',
    async () => {
      const result = await auditLab(lab, 2, 1);
      expect(result.firstFailure).toBeUndefined();
      expect(auditHolds(result)).toBe(true);
      const parameters = drawParameters(lab, { seed: 7 });
      const findings = async () => lab.virtual!(parameters, seedOf({ seed: 7 }, lab.id), 'correct');
      const whole = await findings();
      expect(JSON.stringify(await findings())).toBe(JSON.stringify(whole));
      const quantities = lab.quantities(parameters);
      expect(completed(whole, quantities).checks).toHaveLength(whole.checks.length);
    },
    60_000,
  );
});
