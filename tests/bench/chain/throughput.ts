import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createAuthority, issueIdentity } from '../../../shared/security/certificates.ts';
import { allReady, firstCorrectSearch, gatewayUrl, run, temporaryData, up } from '../cluster/cluster.ts';
import { median, spread, type Row } from '../row.ts';
import { startBareChain, type BareChain } from './bare-chain.ts';
import { record, type Recording } from './recording.ts';

const topology = fileURLToPath(new URL('topology.json', import.meta.url));
const pairs = 7;
const secondsPerRound = 4;
const connections = 32;
const goals = { plain: 0.85, tls: 0.7 };
const words = 'domestic animal dog';
const ours = `${gatewayUrl}/search?q=${encodeURIComponent(words)}`;

/**
 * Rows 1 and 2: searches per second of the whole chain with all mechanisms on, without and with TLS, against the bare
 * chain; wrk, 32 connections.
 */
export async function throughput(say: (line: string) => void): Promise<readonly Row[]> {
  if (spawnSync('wrk', ['--version']).error) {
    say('skipped: wrk is not installed (apt-get install wrk)');
    return [];
  }
  const data = temporaryData();
  const chains: BareChain[] = [];
  try {
    await run('dataset', '--data', data.dir, '--shards', '2');
    let recording: Recording | undefined;
    const plain = await withCluster(data.dir, async (nodes) => {
      recording = await record(nodes, words);
      chains.push(await startBareChain(recording, data.dir));
      return inTurn([ours, chains[0]!.url], say, 'ours and bare');
    });
    const identity = await issueIdentity(await createAuthority('bare chain'), 'bare', []);
    chains.push(await startBareChain(recording!, data.dir, identity));
    const urls = [ours, chains[0]!.url, chains[1]!.url];
    const tls = await withCluster(data.dir, () => inTurn(urls, say, 'ours with TLS, bare, bare with TLS'), '--tls');
    const bareTls = median(tls.map(([, bare, bareTls]) => bareTls! / bare!));
    return [
      row(1, 'search throughput, everything on but TLS, one replica per tier', plain, goals.plain),
      {
        ...row(2, 'the same with mutual TLS between nodes', tls, goals.tls),
        note: `the bare chain with TLS: ${median(tls.map((rates) => rates[2]!)).toFixed(0)}/s, ${bareTls.toFixed(2)} of the one without`,
      },
    ];
  } finally {
    for (const chain of chains) chain.stop();
    data.remove();
  }
}

async function withCluster<T>(
  dataDir: string,
  measure: (nodes: Awaited<ReturnType<typeof allReady>>) => Promise<T>,
  ...flags: string[]
): Promise<T> {
  const cluster = up(dataDir, topology, ...flags);
  try {
    const nodes = await allReady(8);
    await firstCorrectSearch(gatewayUrl, performance.now());
    return await measure(nodes);
  } finally {
    await cluster.stop();
  }
}

/** Measures the requests per second of each address in turn, once per pair. */
async function inTurn(urls: readonly string[], say: (line: string) => void, what: string): Promise<number[][]> {
  // Cold processes refuse some of 32 sudden callers. Only warm processes are measured, and there no request may fail.
  for (const url of [...urls, ...urls]) await wrk(url, false);
  const rounds: number[][] = [];
  for (let i = 0; i < pairs; i++) {
    const rates: number[] = [];
    for (const url of urls) rates.push(await clean(url, say));
    rounds.push(rates);
    say(`${what}: ${rates.map((rate) => `${rate.toFixed(0)}/s`).join(', ')}`);
  }
  return rounds;
}

/** Compares the first rate of each round with the second. */
function row(number: number, name: string, rounds: readonly number[][], goal: number): Row {
  const ratios = rounds.map(([a, b]) => a! / b!);
  return {
    row: number,
    name,
    ours: `${median(rounds.map(([a]) => a!)).toFixed(0)}/s`,
    reference: `bare chain ${median(rounds.map(([, b]) => b!)).toFixed(0)}/s`,
    ratio: median(ratios),
    spread: spread(ratios),
    goal: `>= ${goal}`,
    met: median(ratios) >= goal,
  };
}

/**
 * Requests per second of a round without a failure. Admission is on, with a limit above the 32 connections
 * (topology.json). wrk repeats refused requests at once, so with a low limit the round would mostly measure refusals.
 */
async function clean(url: string, say: (line: string) => void): Promise<number> {
  for (let again = 0; again < 2; again++) {
    try {
      return await wrk(url);
    } catch (error) {
      say(`${(error as Error).message}: once more`);
    }
  }
  return wrk(url);
}

/** Requests per second. Throws when a request had no successful answer, unless `strict` is false. */
async function wrk(url: string, strict = true): Promise<number> {
  const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${secondsPerRound}s`, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text);
  if (failed && strict) throw new Error(`${failed[1]} answers of ${url} were not successes`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)![1]);
}
