import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when the content of the file is on disk. Throws what the operating system says. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Returns when the names in the folder are on disk: a new or renamed file survives a power cut only then. Throws what
 * the operating system says, except where folders cannot be synced at all: on Windows, and on file systems that answer
 * EINVAL (fsync(2)).
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
