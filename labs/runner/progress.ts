import { readFileSync } from 'node:fs';
import { asJson, type Home, writeDurably } from './home.ts';
import type { Verdict } from './lab.ts';

/** What is known about one lab of one student. Times in s. Only PASS and FAIL count as attempts. */
export interface LabProgress {
  readonly attempts: number;
  readonly passed: boolean;
  readonly verdict?: Verdict;
  readonly tookS?: number;
  /** How many hints were read. */
  readonly hints: number;
}

export type Progress = Readonly<Record<string, LabProgress>>;

const untouched: LabProgress = { attempts: 0, passed: false, hints: 0 };

export function readProgress({ progress }: Home): Progress {
  try {
    return JSON.parse(readFileSync(progress, 'utf8')) as Progress;
  } catch {
    return {};
  }
}

export const progressOf = (home: Home, id: string): LabProgress => readProgress(home)[id] ?? untouched;

function change(home: Home, id: string, own: (before: LabProgress) => LabProgress): void {
  const all = readProgress(home);
  writeDurably(home.progress, asJson({ ...all, [id]: own(all[id] ?? untouched) }));
}

export function noteAttempt(home: Home, id: string, verdict: Verdict, tookS: number): void {
  change(home, id, (before) => ({
    ...before,
    attempts: before.attempts + (verdict === 'UNKNOWN' ? 0 : 1),
    passed: before.passed || verdict === 'PASS',
    verdict,
    tookS,
  }));
}

/** `hints` hints have been read now. */
export function noteHints(home: Home, id: string, hints: number): void {
  change(home, id, (before) => ({ ...before, hints: Math.max(before.hints, hints) }));
}
