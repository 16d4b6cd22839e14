import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { allReady, firstCorrectSearch, gatewayUrl, run, temporaryData, up } from '../cluster/cluster.ts';
import { median, spread, type Row } from '../row.ts';
import { startBareChain } from './bare-chain.ts';
import { record } from './recording.ts';

const topology = fileURLToPath(new URL('topology.json', import.meta.url));
const pairs = 7;
const secondsPerRound = 4;
const connections = 32;
const goal = 0.85;
const words = 'domestic animal dog';

/** Row 1: searches per second of the whole chain with everything on but TLS, against the bare chain; wrk, 32 connections. */
export async function throughput(say: (line: string) => void): Promise<readonly Row[]> {
  if (spawnSync('wrk', ['--version']).error) {
    say('skipped: wrk is not installed (apt-get install wrk)');
    return [];
  }
  const data = temporaryData();
  try {
    await run('dataset', '--data', data.dir, '--shards', '2');
    const cluster = up(data.dir, topology);
    try {
      const nodes = await allReady(8);
      await firstCorrectSearch(gatewayUrl, performance.now());
      const bare = await startBareChain(await record(nodes, words), data.dir);
      try {
        const ours = `${gatewayUrl}/search?q=${encodeURIComponent(words)}`;
        // Cold processes refuse some of 32 sudden callers: measured is what is warm, and there nothing may fail.
        for (const url of [ours, bare.url, ours, bare.url]) await wrk(url, false);
        const rates: [number, number][] = [];
        for (let i = 0; i < pairs; i++) {
          rates.push([await wrk(ours), await wrk(bare.url)]);
          const [a, b] = rates.at(-1)!;
          say(`ours ${a.toFixed(0)}/s, bare ${b.toFixed(0)}/s`);
        }
        const ratios = rates.map(([a, b]) => a / b);
        return [
          {
            row: 1,
            name: 'search throughput, everything on but TLS, one replica per tier',
            ours: `${median(rates.map(([a]) => a)).toFixed(0)}/s`,
            reference: `bare chain ${median(rates.map(([, b]) => b)).toFixed(0)}/s`,
            ratio: median(ratios),
            spread: spread(ratios),
            goal: `>= ${goal}`,
            met: median(ratios) >= goal,
          },
        ];
      } finally {
        bare.stop();
      }
    } finally {
      await cluster.stop();
    }
  } finally {
    data.remove();
  }
}

/** Requests per second; throws where one was not answered with success, unless that may happen. */
async function wrk(url: string, strict = true): Promise<number> {
  const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${secondsPerRound}s`, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text);
  if (failed && strict) throw new Error(`${failed[1]} answers of ${url} were not successes`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)![1]);
}
