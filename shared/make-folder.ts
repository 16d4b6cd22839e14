import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those above it; a folder that exists stays as it is. Throws the error of the operating system.
 *
 * The option `recursive` of mkdirSync does the same, with one exception. If the folder above exists, but the folder
 * cannot be made, mkdirSync never returns. In /proc, the operating system reports ENOENT for this, and Node.js tries
 * again without end.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  try {
    makeOne(folder, mode);
  } catch (error) {
    const above = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    makeFolder(above, mode);
    makeOne(folder, mode);
  }
}

/** Another process may have made the folder at the same moment. */
function makeOne(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
