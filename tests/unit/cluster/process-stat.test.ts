import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parseProcessStat } from '../../../shared/process-stat.ts';

const fields = 'S 7 4242 4242 0 -1 4194560 3421 0 5 0 120 30 0 0 20 0 11 0 987654 1262067712';

test.each(['node', 'a b', 'a) S 1 (b', ''])('a program with the name "%s" does not shift the fields', (name) => {
  expect(parseProcessStat(`4242 (${name}) ${fields}`)).toEqual({
    state: 'S',
    parent: 7,
    cpuTicks: 150,
    startedAt: 987_654,
  });
});

test.runIf(process.platform === 'linux')('the kernel writes what is read', () => {
  const { stdout, pid } = spawnSync('cat', ['/proc/self/stat'], { encoding: 'utf8' });
  expect(stdout).toMatch(new RegExp(`^${pid} `));
  expect(parseProcessStat(stdout)).toMatchObject({ state: 'R', parent: process.pid });
});
