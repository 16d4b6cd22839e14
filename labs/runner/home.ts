import path from 'node:path';
import { diskProblem } from '../../shared/disk-problem.ts';
import { createFile, replaceFile } from '../../shared/durable.ts';
import { LabUnknownError } from './errors.ts';
import { makeFolder } from '../../shared/make-folder.ts';

/** The places of a lab's files. All are below one folder: the checkout, unless `--home` names another. */
export interface Home {
  readonly state: string;
  /** The one portable file with a student's progress. */
  readonly progress: string;
  /** What is running now, for `restore`. */
  readonly journal: string;
  /** Data of the labs' own clusters. */
  readonly cluster: string;
  readonly reports: (id: string) => string;
}

export function homeAt(folder: string): Home {
  const state = path.join(folder, 'data', 'labs');
  return {
    state,
    progress: path.join(state, 'progress.json'),
    journal: path.join(state, 'journal.json'),
    cluster: path.join(state, 'cluster'),
    reports: (id) => path.join(folder, 'reports', 'labs', id),
  };
}

/** Readers see the old content or the new one, also after a crash. */
export const writeDurably = (file: string, text: string): void => onDisk(file, () => replaceFile(file, text));

/** False where the file exists: then it stays as it is. */
export const createDurably = (file: string, text: string): boolean => onDisk(file, () => createFile(file, text));

function onDisk<T>(file: string, write: () => T): T {
  const folder = path.dirname(file);
  try {
    makeFolder(folder);
    return write();
  } catch (error) {
    throw withDiskProblem(error, folder);
  }
}

/** A LabUnknownError where the disk of `folder` accepts no more data; any other error as it is. */
export function withDiskProblem(error: unknown, folder: string): unknown {
  const problem = diskProblem(error, folder);
  return problem === undefined ? error : new LabUnknownError(problem, 'make room, then run the lab again');
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
