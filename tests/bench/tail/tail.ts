import { systemScheduler, type Timer } from '../../../shared/time/scheduler.ts';
import { balancing, linkerd, simulateLinkerd } from '../../simulation/linkerd.ts';
import { ofRatios, type Row } from '../row.ts';
import { atRate, startBackends, startCaller } from './backends.ts';

/** Two published experiments, on live processes, compared with the same code in virtual time or with the theory. */
export async function tail(say: (line: string) => void): Promise<readonly Row[]> {
  return [...(await balancers(say)), ...(await fanOut(say))];
}

/** A third of the published minute, at a rate that two cores can carry. Virtual time uses the same values. */
const short = { ratePerSecond: 200, seconds: 20 };

/** The balancers run at the same time: their backends only wait, so they do not slow each other down. */
async function balancers(say: (line: string) => void): Promise<Row[]> {
  using backends = await startBackends(linkerd.backends);
  const usual = { meanMs: linkerd.usualMs, deviationMs: linkerd.deviationMs, stragglerShare: 0, stragglerMs: 0 };
  const timers: Timer[] = [];
  try {
    backends.take(usual);
    const ms = short.seconds * 1_000;
    const slow = { ...usual, meanMs: linkerd.slowMs, deviationMs: 0 };
    timers.push(
      systemScheduler.after(linkerd.slowFrom * ms, () => backends.take(slow, 'first')),
      systemScheduler.after(linkerd.slowTo * ms, () => backends.take(usual, 'first')),
    );
    const measured = await Promise.all(
      ['round_robin', 'least_outstanding', 'peak_ewma'].map(async (by) => {
        const caller = startCaller(backends.endpoints, balancing(by));
        const live = (await atRate(short, 1_000, caller.read)) * 100;
        await caller.close();
        return { by, live };
      }),
    );
    const rows: Row[] = [];
    for (const { by, live } of measured) {
      const virtual = (await simulateLinkerd(by, 1, short)).shareWithin(1_000) * 100;
      say(`${by}: ${live.toFixed(2)}% live, ${virtual.toFixed(2)}% in virtual time`);
      rows.push({
        row: 12,
        name: `one of 11 backends slow by 2 s, ${by}: calls under 1 s`,
        ours: `${live.toFixed(2)}%`,
        reference: `virtual time ${virtual.toFixed(2)}%`,
        ...ofRatios([live / virtual]),
        goal: 'within a point of virtual time',
        met: Math.abs(live - virtual) <= 1,
        note: 'one run; Linkerd published 95.46, 99.49 and 99.92 for 1,000 calls a second',
      });
    }
    return rows;
  } finally {
    for (const timer of timers) timer.cancel();
  }
}

const width = 10;
const stragglers = { meanMs: 10, deviationMs: 2, stragglerShare: 0.01, stragglerMs: 1_000 };
const theory = 1 - (1 - stragglers.stragglerShare) ** width;

/** Ten calls in parallel, each slow with a probability of 1%. Slow = longer than 200 ms. */
async function fanOut(say: (line: string) => void): Promise<Row[]> {
  using backends = await startBackends(3);
  backends.take(stragglers);
  const measure = async (policy: object) => {
    const caller = startCaller(backends.endpoints, policy);
    const all = () => Promise.all(Array.from({ length: width }, caller.read));
    const load = { ratePerSecond: 40, seconds: 20 };
    // First the caller learns the usual latency.
    await atRate({ ...load, seconds: 2 }, 200, all);
    const before = caller.hedges();
    const slow = 1 - (await atRate(load, 200, all));
    const extra = (caller.hedges() - before) / (load.ratePerSecond * load.seconds * width);
    await caller.close();
    return { slow: slow * 100, extra: extra * 100 };
  };
  const [plain, hedged] = await Promise.all([measure({ base: 'naive' }), measure({ base: 'naive', hedge: true })]);
  say(
    `fan-out: ${plain.slow.toFixed(2)}% slow plain, ${hedged.slow.toFixed(2)}% hedged ` +
      `for ${hedged.extra.toFixed(1)}% more calls`,
  );
  return [
    {
      row: 12,
      name: `fan-out of ${width} with 1% stragglers: slow requests`,
      ours: `${hedged.slow.toFixed(2)}% for ${hedged.extra.toFixed(1)}% more calls`,
      reference: `plain ${plain.slow.toFixed(2)}%, in theory ${(theory * 100).toFixed(2)}%`,
      ...ofRatios([hedged.slow / plain.slow]),
      goal: 'about 0.1% instead of 9.6%, for <= 5% more calls',
      met: hedged.slow <= 0.3 && hedged.extra <= 5,
      note: 'one run of each',
    },
  ];
}
