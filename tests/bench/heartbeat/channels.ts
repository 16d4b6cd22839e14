import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { forked } from '../forked.ts';

/**
 * The cost of one cluster's heartbeats over each channel: 21 nodes, 2 monitors, twice a second. Each runs in a process
 * that does nothing else, so that caches and code are as cold as in an idle cluster. Prints the processor time of all
 * processes together.
 * Run: node tests/bench/heartbeat/channels.ts
 */
const nodes = 21;
const ports = [29_871, 29_872];
const settleMs = 3_000;
const windowMs = 8_000;
const script = new URL('./channel-process.ts', import.meta.url);

async function cpuMs(children: readonly ChildProcess[]): Promise<number> {
  const used = await Promise.all(
    children.map(async (child) => {
      const told = once(child, 'message') as Promise<[NodeJS.CpuUsage]>;
      child.send('cpu');
      const [{ user, system }] = await told;
      return (user + system) / 1_000;
    }),
  );
  return used.reduce((sum, each) => sum + each, 0);
}

async function measure(channel: string): Promise<number> {
  const start = async (...args: string[]): Promise<ChildProcess> => (await forked(script, args)).child;
  const monitors = await Promise.all(ports.map((port) => start('monitor', channel, String(port))));
  const senders = await Promise.all(Array.from({ length: nodes }, () => start('node', channel, ...ports.map(String))));
  const all = [...monitors, ...senders];
  await sleep(systemScheduler, settleMs);
  const before = await cpuMs(all);
  await sleep(systemScheduler, windowMs);
  const used = (await cpuMs(all)) - before;
  for (const child of all) child.disconnect();
  await Promise.all(all.map((child) => once(child, 'exit')));
  return used / windowMs;
}

for (let round = 1; round <= 3; round++)
  for (const channel of ['nothing', 'datagram', 'stream', 'http'])
    process.stdout.write(`${channel.padEnd(9)} ${((await measure(channel)) * 100).toFixed(2)}% of a core\n`);
