import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

/**
 * Replaces the content of a file. Readers see the old content or the new one, never a part. Once this returns, the new
 * content survives a power cut. The folder must exist. Throws the error of the operating system.
 */
export function replaceFile(file: string, content: string, mode = 0o666): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, content, { mode, flush: true });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}

/**
 * Creates a file with its whole content, and returns true. If the file exists already (another process may just have
 * created it), the file stays as it is, and the result is false. Once the result is true, the file survives a power
 * cut. The folder must exist. Throws the error of the operating system.
 */
export function createFile(file: string, content: string, mode = 0o666): boolean {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, content, { mode, flush: true });
    create(draft, file, content, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(path.dirname(file));
  return true;
}

/** A link, because a rename would replace the file of a faster process. */
function create(draft: string, file: string, content: string, mode: number): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // Some shared folders do not support links. There, a reader may see a part of the content.
    writeFileSync(file, content, { mode, flag: 'wx', flush: true });
  }
}
