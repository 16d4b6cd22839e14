import { readFileSync } from 'node:fs';
import { asJson, type Home, writeDurably } from './home.ts';
import type { Lab, LabVerdict } from './lab.ts';

/** What is known about one lab of one student. Times in s. Only PASS and FAIL count as attempts. */
export interface LabProgress {
  readonly attempts: number;
  readonly passed: boolean;
  readonly verdict?: LabVerdict;
  readonly tookS?: number;
  /** How many hints were read. */
  readonly hints: number;
}

export type StudentProgress = Readonly<Record<string, LabProgress>>;

const untouched: LabProgress = { attempts: 0, passed: false, hints: 0 };

export function readProgress({ progress }: Home): StudentProgress {
  try {
    return JSON.parse(readFileSync(progress, 'utf8')) as StudentProgress;
  } catch {
    return {};
  }
}

export const progressOf = (home: Home, id: string): LabProgress => readProgress(home)[id] ?? untouched;

function change(home: Home, id: string, own: (before: LabProgress) => LabProgress): void {
  const all = readProgress(home);
  writeDurably(home.progress, asJson({ ...all, [id]: own(all[id] ?? untouched) }));
}

export function noteAttempt(home: Home, id: string, verdict: LabVerdict, tookS: number): void {
  change(home, id, (before) => ({
    ...before,
    attempts: before.attempts + (verdict === 'UNKNOWN' ? 0 : 1),
    passed: before.passed || verdict === 'PASS',
    verdict,
    tookS,
  }));
}

/** The next hint, after those that were read before. Reading hints is recorded, and costs nothing. */
export function readNextHint(home: Home, { id, hints }: Pick<Lab, 'id' | 'hints'>): readonly string[] {
  change(home, id, (before) => ({ ...before, hints: Math.min(before.hints + 1, hints.length) }));
  return hints.slice(0, progressOf(home, id).hints);
}
