import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when the content of the file is on disk. Throws the error of the operating system. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Returns when the names in the folder are on disk. Only then does a new or renamed file survive a power cut. Throws
 * the error of the operating system, except where folders cannot be synced at all: on Windows, and on file systems that
 * return EINVAL (fsync(2)).
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    closeSync(handle);
  }
}
