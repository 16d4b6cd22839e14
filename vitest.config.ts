import { defineConfig } from 'vitest/config';
import { tally } from './scripts/tally.ts';

/** Tests of processes that assert how fast something is, or how soon a monitor acts. Each runs alone on its machine. */
const timed = [
  'tests/cluster/cluster/rolling.test.ts',
  'tests/cluster/grafana/*.test.ts',
  'tests/cluster/chaos/matrix.test.ts',
  'tests/cluster/loadgen/{arrivals,known-servers}.test.ts',
  'tests/cluster/monitor/*.test.ts',
  'tests/cluster/vote/*.test.ts',
  'tests/browser/labs.test.ts',
];

/**
 * One project per kind of test; `npm test` runs all but `compose` and `torture`. The kinds run one after the other,
 * after the pure tests. Three files of `cluster` and `browser` run at a time, because they mostly wait for processes.
 * Those that measure times (`timed`) run one at a time: on two cores, clusters side by side would only measure each
 * other. The files of the pure tests share their processes (`isolate: false`): loading the same modules for each file
 * would take a third of their time.
 */
const kinds = [
  { name: 'unit', order: 0, workers: 2, isolate: false, testTimeoutMs: 45_000, hookTimeoutMs: 15_000 },
  { name: 'simulation', order: 0, workers: 2, isolate: false, testTimeoutMs: 60_000, hookTimeoutMs: 15_000 },
  { name: 'cluster', order: 1, workers: 3, testTimeoutMs: 60_000, hookTimeoutMs: 120_000, exclude: timed },
  { name: 'browser', order: 1, workers: 3, testTimeoutMs: 60_000, hookTimeoutMs: 120_000, exclude: timed },
  { name: 'timed', order: 2, workers: 1, testTimeoutMs: 60_000, hookTimeoutMs: 120_000, include: timed },
  { name: 'torture', order: 3, workers: 1, testTimeoutMs: 1_200_000, hookTimeoutMs: 120_000 },
  { name: 'compose', order: 4, workers: 1, testTimeoutMs: 120_000, hookTimeoutMs: 900_000 },
];

export default defineConfig({
  test: {
    reporters: ['default', tally()],
    projects: kinds.map((kind) => ({
      test: {
        name: kind.name,
        include: kind.include ?? [`tests/${kind.name}/**/*.test.ts`],
        exclude: kind.exclude ?? [],
        environment: 'node',
        setupFiles: ['tests/support/set-up.ts'],
        pool: 'forks',
        isolate: kind.isolate ?? true,
        maxWorkers: kind.workers,
        sequence: { groupOrder: kind.order },
        testTimeout: kind.testTimeoutMs,
        hookTimeout: kind.hookTimeoutMs,
      },
    })),
  },
});
