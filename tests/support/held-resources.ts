import { expect } from 'vitest';

const kinds: readonly string[] = ['ProcessWrap', 'TCPSocketWrap', 'TCPServerWrap'];

/**
 * Waits until this process holds no child process, connection or listening port. Earlier test files of the same process
 * may have left connections that end soon.
 */
export const nothingHeld = (): Promise<void> =>
  expect
    .poll(() => process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)), { timeout: 10_000 })
    .toEqual([]);
