import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/paths.ts';
import { nextLab } from '../commands/choose.ts';
import { labs } from '../registry.ts';
import type { Home } from '../runner/home.ts';
import type { Form, Lab, LabVerdict } from '../runner/lab.ts';
import { drawParameters, type Owner } from '../runner/parameters.ts';
import { progressOf, readProgress, type LabProgress } from '../runner/progress.ts';
import { findings, repeat } from '../runner/report/findings.ts';
import { taskOf, parametersInWords } from '../runner/report/words.ts';
import { lastHandIn } from '../runner/report/write.ts';
import { suffixOf } from '../runner/units.ts';
import { htmlOf } from './markdown.ts';

/** A row of the list. */
export interface LabRow {
  readonly id: string;
  readonly topic: string;
  readonly question: string;
  /** The usual form first. */
  readonly forms: readonly Form[];
  readonly seconds: number;
  readonly progress: LabProgress;
}

export interface LabList {
  readonly labs: readonly LabRow[];
  /** The lab to do next; null when all are passed. */
  readonly next: string | null;
}

/** What the page of one lab shows before a run. It holds no theory and no answer. */
export interface LabPage extends LabRow {
  /** The text of the lab, as HTML. */
  readonly text: string;
  readonly cores: number;
  readonly failuresExpected: boolean;
  /** It can run on the cluster that is up. */
  readonly attaches: boolean;
  /** `S = 10 ms`; absent where the lab has no parameters. */
  readonly numbers?: string;
  readonly quantities: readonly { readonly label: string; readonly unit: string }[];
  /** The hints that were read. */
  readonly hints: readonly string[];
  readonly result?: ResultView;
}

/** What the page shows of the last run. */
export interface ResultView {
  /** Differs from run to run. */
  readonly receipt: string;
  readonly verdict: LabVerdict;
  readonly student?: string;
  /** The part of the report from the verdict to the reason, as HTML. */
  readonly findings: string;
  readonly repeat: string;
  readonly because: string | null;
  readonly task: { readonly heading: string; readonly text: string };
  readonly explanation: string | null;
  readonly transfer: Lab['transfer'];
}

function rowOf(lab: Lab, progress: LabProgress): LabRow {
  const { id, topic, question, seconds } = lab;
  const forms = (['live', 'virtual'] as const).filter((form) => lab[form] !== undefined);
  return { id, topic, question, seconds, forms, progress };
}

export const listOf = (home: Home): LabList => ({
  labs: labs.map((lab) => rowOf(lab, progressOf(home, lab.id))),
  next: nextLab(readProgress(home))?.id ?? null,
});

export function pageOf(lab: Lab, home: Home, owner: Owner): LabPage {
  const parameters = drawParameters(lab, owner);
  const progress = progressOf(home, lab.id);
  const numbers = parametersInWords(lab, parameters);
  const result = resultOf(lab, home);
  return {
    ...rowOf(lab, progress),
    text: htmlOf(readFileSync(path.join(root, 'labs', `${lab.id}-${lab.name}`, 'README.md'), 'utf8')),
    cores: lab.cores,
    failuresExpected: lab.failuresExpected === true,
    attaches: lab.attach !== undefined,
    ...(numbers !== undefined && { numbers }),
    quantities: lab.quantities(parameters).map(({ label, unit }) => ({ label, unit: suffixOf(unit) })),
    hints: lab.hints.slice(0, progress.hints),
    ...(result && { result }),
  };
}

function resultOf(lab: Lab, home: Home): ResultView | undefined {
  const handIn = lastHandIn(home, lab);
  if (!handIn) return undefined;
  const { result, explanation, receipt } = handIn;
  return {
    receipt,
    verdict: result.verdict,
    ...(result.owner.student !== undefined && { student: result.owner.student }),
    findings: findings(lab, result).text,
    repeat: repeat(result).text,
    because: result.because,
    task: taskOf(result),
    explanation,
    transfer: lab.transfer,
  };
}
