import { defineConfig } from 'vitest/config';
import { tally } from './scripts/tally.ts';

/**
 * One project per kind of test; `npm test` runs all but `compose`. What starts processes runs one file at a time, after the
 * pure tests: on two cores, clusters side by side would only measure each other.
 */
const kinds = [
  { name: 'unit', order: 0, workers: 2, testTimeoutMs: 45_000, hookTimeoutMs: 15_000 },
  { name: 'simulation', order: 0, workers: 2, testTimeoutMs: 60_000, hookTimeoutMs: 15_000 },
  { name: 'cluster', order: 1, workers: 1, testTimeoutMs: 60_000, hookTimeoutMs: 120_000 },
  { name: 'browser', order: 2, workers: 1, testTimeoutMs: 60_000, hookTimeoutMs: 120_000 },
  { name: 'torture', order: 3, workers: 1, testTimeoutMs: 1_200_000, hookTimeoutMs: 120_000 },
  { name: 'compose', order: 4, workers: 1, testTimeoutMs: 120_000, hookTimeoutMs: 900_000 },
];

export default defineConfig({
  test: {
    reporters: ['default', tally()],
    projects: kinds.map((kind) => ({
      test: {
        name: kind.name,
        include: [`tests/${kind.name}/**/*.test.ts`, `tests/${kind.name}/**/*.test.tsx`],
        environment: 'node',
        pool: 'forks',
        maxWorkers: kind.workers,
        sequence: { groupOrder: kind.order },
        testTimeout: kind.testTimeoutMs,
        hookTimeout: kind.hookTimeoutMs,
      },
    })),
  },
});
