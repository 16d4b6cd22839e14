import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { onTestFinished, test, expect } from 'vitest';
import { keepVocabulary } from '../../../services/query/vocabulary-keeper.ts';
import type { Environment } from '../../../shared/cluster/component.ts';
import type { database } from '../../../services/database/contract.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { cpuMsOfTurns } from '../../support/cpu-time.ts';

const count = 150_000;
const numbered = (letter: string, i: number) => `${letter}${i.toString(36).padStart(4, '0')}`;

test.each<[string, (i: number, shard: number) => string]>([
  ['are the same in both shards', (i) => numbered('w', i)],
  ['alternate', (i, shard) => numbered('w', 2 * i + shard)],
  ['share no beginning', (i) => String.fromCodePoint(0x4e00 + (i % 20_000), 0x4e00 + Math.trunc(i / 20_000))],
  ['have a second order beyond U+FFFF', (i) => (i % 100 === 0 ? `\u{1D41A}${i}` : numbered('w', i))],
])('S5 a query node that learns new words blocks no search for 20 ms, when the words %s', async (_, wordOf) => {
  const shards = [0, 1].map((shard) => {
    const words = Array.from({ length: count }, (_, i) => wordOf(i, shard));
    return [...new Set(words)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  });
  let longestMs = Infinity;
  for (let run = 0; run < 3 && longestMs >= 20; run++) {
    const keeper = keepVocabulary(environmentOf(shards));
    onTestFinished(keeper.stop);
    longestMs = Math.min(longestMs, await cpuMsOfTurns(() => keeper.vocabulary().words.length > 0));
    keeper.stop();
    expect(keeper.vocabulary().words).toHaveLength(new Set(shards.flat()).size);
  }
  expect(longestMs).toBeLessThan(20);
});

/** An environment whose database nodes have these words. */
function environmentOf(shards: readonly (readonly string[])[]): Environment<{ database: typeof database }> {
  const upstream = {
    async find() {
      return { statistics: {} };
    },
    async vocabulary({ after, size }: { after: string; size: number }, _: unknown, { shard }: { shard: number }) {
      await nextTurn();
      const all = shards[shard - 1]!;
      const from = after === '' ? 0 : all.indexOf(after) + 1;
      const words = all.slice(from, from + size);
      return { version: '1', words, documents: words.map(() => 1) };
    },
  };
  return {
    upstream: { database: upstream },
    topology: { shards: shards.length },
    scheduler: systemScheduler,
    log: pino({ level: 'silent' }),
    metrics: createMetrics({}, { process: false }),
    newContext: () => ({}),
  } as unknown as Environment<{ database: typeof database }>;
}
