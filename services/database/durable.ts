import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when the file's content is on disk. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A new name in a folder, or a changed one, is durable when its folder is. Where folders cannot be opened (Windows), the system sees to it. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
