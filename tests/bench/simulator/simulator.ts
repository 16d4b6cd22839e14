import { seededRandom } from '../../../shared/time/random.ts';
import { createNetwork } from '../../../shared/time/sim/network.ts';
import { exponential } from '../../../shared/time/sim/distribution.ts';
import { createSimulation, type Simulation } from '../../../shared/time/sim/simulation.ts';
import { ofRatios, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';

const goalPerSecond = 500_000;
const events = 400_000;
const actors = 10_000;
const rounds = 5;

/** A simulated world of `actors`, some of which are always busy. It is measured while it runs. */
type World = (sim: Simulation) => void;

/** Each actor waits a random time, again and again: this measures the timer heap itself. */
const timers: World = ({ scheduler, random }) => {
  const wait = exponential(100);
  const again = (): void => void scheduler.after(wait(random), again);
  for (let i = 0; i < actors; i++) again();
};

/** Each actor sends a message to a random other one when it receives one: this is like heartbeats and gossip. */
const messages: World = (sim) => {
  const network = createNetwork({ ...sim, link: { latency: exponential(0.25) } });
  const names = Array.from({ length: actors }, (_, i) => `node-${i}`);
  const random = seededRandom('targets');
  const hear = (node: number): void => {
    const next = Math.floor(random.next() * actors);
    network.send(names[node]!, names[next]!, () => hear(next));
  };
  for (let i = 0; i < actors; i++) hear(i);
};

/** Each event wakes an async function that awaits twice: this is like calls through the middleware. */
const promises: World = ({ scheduler, random }) => {
  const wait = exponential(100);
  const sleep = (): Promise<void> => new Promise((resolve) => void scheduler.after(wait(random), resolve));
  async function live(): Promise<void> {
    for (;;) {
      await sleep();
      await Promise.resolve();
    }
  }
  for (let i = 0; i < actors; i++) void live();
};

/**
 * Row 16: events per second of the simulator, for timers alone and for messages. The note has the rate with async
 * functions.
 */
export async function simulator(say: (line: string) => void): Promise<readonly Row[]> {
  const worlds = [
    ['timers, no promises', timers, runSync],
    ['messages over the network', messages, run],
    ['async functions', promises, run],
  ] as const;
  const rates: number[][] = worlds.map(() => []);
  for (let round = 0; round <= rounds; round++)
    for (const [i, [, world, go]] of worlds.entries()) {
      const perSecond = await go(world);
      // The first round of each is not counted: its code is not compiled yet.
      if (round > 0) rates[i]!.push(perSecond);
    }
  const woken = `where each event wakes an async function: ${million(median(rates[2]!))} events/s`;
  say(woken);
  return worlds.slice(0, 2).map(([name], i) => {
    const ratios = rates[i]!.map((each) => each / goalPerSecond);
    return {
      row: 16,
      name: `simulator, ${name}, ${actors.toLocaleString('en')} pending`,
      ours: `${million(median(rates[i]!))} events/s`,
      reference: 'none',
      ...ofRatios(ratios),
      goal: '>= 500,000 events/s',
      met: median(ratios) >= 1,
      note: woken,
    };
  });
}

function runSync(world: World): number {
  const sim = createSimulation('bench');
  world(sim);
  const startedAt = performance.now();
  for (let untilMs = 1; sim.events < events; untilMs++) sim.runSync(untilMs);
  return (sim.events / (performance.now() - startedAt)) * 1_000;
}

async function run(world: World): Promise<number> {
  const sim = createSimulation('bench');
  world(sim);
  const startedAt = performance.now();
  for (let untilMs = 10; sim.events < events; untilMs += 10) await sim.run(untilMs);
  return (sim.events / (performance.now() - startedAt)) * 1_000;
}

function million(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(2)} million`;
}
