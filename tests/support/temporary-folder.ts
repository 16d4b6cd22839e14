import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** A new folder, which is removed after all tests of the file (set-up.ts). */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tierlab-test-'));
  made.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
