import { afterAll, vi } from 'vitest';
import { removeTemporaryFolders } from './temporary-folder.ts';

// vitest runs this file before each test file, and hooks in reverse order: the programs that a test file ends in its own
// hooks have ended before this.
afterAll(() => {
  removeTemporaryFolders();
  // The next file may run in the same process.
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
