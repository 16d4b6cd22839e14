import { serveParent } from '../../../labs/kit/serve-parent.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { normal } from '../../../shared/time/sim/distribution.ts';
import { leaf, type Times } from './leaf.ts';

/** One backend: argv its name. It sends its port over IPC, and receives how long its answers take from then on. */
let times: Times = { meanMs: 1, deviationMs: 0, stragglerShare: 0, stragglerMs: 0 };
process.on('message', (message) => (times = message as Times));

serveParent({
  contract: leaf,
  handlers: {
    async read(_: unknown, { signal }: { signal: AbortSignal }) {
      const { meanMs, deviationMs, stragglerShare, stragglerMs } = times;
      const late = systemRandom.next() < stragglerShare;
      await sleep(systemScheduler, late ? stragglerMs : normal(meanMs, deviationMs)(systemRandom), signal);
      return {};
    },
  },
});
