import type { Terminal } from '../../cli/terminal.ts';
import { labExitCodes } from '../runner/errors.ts';
import { variants, type Lab, type Variant, type LabVerdict } from '../runner/lab.ts';
import { drawParameters, seedOf } from '../runner/parameters.ts';
import { completed, labVerdictOf } from '../runner/verdict.ts';

/** The results of one lab's checks: how many runs passed, and of how many. */
export interface Audit {
  readonly id: string;
  readonly passed: Readonly<Record<Variant, number>>;
  readonly correctRuns: number;
  readonly otherRuns: number;
  readonly seconds: number;
  /** Why the first failed run of the correct system failed. */
  readonly firstFailure?: string;
}

/**
 * Runs the virtual form of a lab, or its checks on made-up measurements, and the wrong variants, with the seeds 1, 2, 3
 * ...
 */
export async function auditLab(lab: Lab, correctRuns: number, otherRuns: number): Promise<Audit> {
  const startedAt = performance.now();
  const passed: Record<Variant, number> = { correct: 0, 'do-nothing': 0, broken: 0, control: 0 };
  let firstFailure: string | undefined;
  for (const variant of variants)
    for (let seed = 1; seed <= (variant === 'correct' ? correctRuns : otherRuns); seed++) {
      const { verdict, why } = await judged(lab, seed, variant);
      if (verdict === 'PASS') passed[variant]++;
      else if (variant === 'correct') firstFailure ??= `seed ${seed}: ${why}`;
    }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { id: lab.id, passed, correctRuns, otherRuns, seconds, ...(firstFailure !== undefined && { firstFailure }) };
}

async function judged(lab: Lab, seed: number, variant: Variant): Promise<{ verdict: LabVerdict; why: string }> {
  const parameters = drawParameters(lab, { seed });
  const own = seedOf({ seed }, lab.id);
  const findings = lab.madeUp ? lab.madeUp(own, variant) : await lab.virtual!(parameters, own, variant);
  const { checks } = completed(findings, lab.quantities(parameters));
  const bad = checks.find(({ verdict }) => verdict !== 'PASS');
  return { verdict: labVerdictOf(checks), why: bad ? `${bad.label}: ${bad.detail}` : '' };
}

/** A correct lab may fail in 1 of 1,000 runs; no other variant may ever pass. */
export function auditHolds({ passed, correctRuns }: Audit): boolean {
  const allowed = Math.max(1, Math.floor(correctRuns / 1_000));
  return correctRuns - passed.correct <= allowed && passed['do-nothing'] + passed.broken + passed.control === 0;
}

export async function audit(chosen: readonly Lab[], correctRuns: number, terminal: Terminal): Promise<number> {
  let good = true;
  const skipped: string[] = [];
  for (const lab of chosen) {
    if ('notAudited' in lab.variants) {
      skipped.push(lab.id);
      terminal.line(`- ${lab.id}  not audited: ${lab.variants.notAudited}`);
      continue;
    }
    const result = await auditLab(lab, correctRuns, 20);
    const { passed, otherRuns, seconds, firstFailure } = result;
    const holds = auditHolds(result);
    good &&= holds;
    const counts = [
      `correct ${passed.correct} of ${correctRuns}`,
      ...(['do-nothing', 'broken', 'control'] as const).map((name) => `${name} ${passed[name]} of ${otherRuns}`),
      `${seconds.toFixed(1)} s`,
      ...(lab.madeUp ? ['on made-up measurements'] : []),
    ];
    terminal.line(`${holds ? terminal.good('✓') : terminal.bad('✗')} ${lab.id}  ${counts.join(', ')}`);
    if (firstFailure !== undefined) terminal.line(terminal.dim(`      ${firstFailure}`));
  }
  if (skipped.length > 0)
    terminal.line(
      `${chosen.length - skipped.length} of ${chosen.length} labs audited. ` +
        `Nothing tests the checks of ${skipped.join(' and ')}.`,
    );
  return good ? labExitCodes.passed : labExitCodes.failed;
}
