import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { isAlive } from '../shared/is-alive.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Notes that process `pid` reads the data set: no build removes it while that process lives. A cluster that outlives
 * the command that started it marks the data set itself. A folder that cannot be written needs no mark, because nobody
 * can remove it.
 */
export function markDatasetUsed(datasetDir: string, pid: number = process.pid): void {
  try {
    const file = path.join(datasetDir, 'users', `${pid}@${hostname()}`);
    mkdirSync(path.dirname(file));
    writeFileSync(file, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      touch(path.join(datasetDir, 'users', `${pid}@${hostname()}`));
  }
}

function touch(file: string): void {
  try {
    writeFileSync(file, '');
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The folder cannot be written.
  }
}

/** This process cannot see processes of another machine or container, so their marks count for a day. */
export function isDatasetUsed(datasetDir: string, nowMs: number): boolean {
  const folder = path.join(datasetDir, 'users');
  let marks: string[];
  try {
    marks = readdirSync(folder);
  } catch {
    return false;
  }
  return marks.some((mark) => {
    const [pid = '', host] = mark.split('@');
    if (host === hostname()) return isAlive(Number(pid));
    const { mtimeMs } = statSync(path.join(folder, mark));
    return nowMs - mtimeMs < dayMs;
  });
}
