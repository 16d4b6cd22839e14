import { expect, test } from 'vitest';
import { dataFolder, startCluster } from '../../support/cluster.ts';
import { quietLoad, startBursts } from '../../support/quiet.ts';

/** The short form of tests/torture/quiet.test.ts. */
test(
  '100 searches a second, fresh and with bursts of other work: nothing fails, nobody is accused or restarted',
  { timeout: 300_000 },
  async () => {
    const data = await dataFolder();
    const cluster = await startCluster({ dataDir: data.dir, topology: 'multitier' });
    try {
      const fresh = await quietLoad(cluster, 100, 60);
      const bursts = startBursts();
      const withBursts = await quietLoad(cluster, 100, 45).finally(bursts.stop);
      const nothing = { failed: 0, incidents: [], restarts: 0 };
      expect({ fresh, withBursts }).toEqual({
        fresh: { sent: 6_000, ...nothing },
        withBursts: { sent: 4_500, ...nothing },
      });
    } finally {
      await cluster.stop();
      data.remove();
    }
  },
);
