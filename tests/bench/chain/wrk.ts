import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { cpuSeconds } from '../cpu.ts';
import { ofRatios, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';

const secondsPerRound = 2;
const connections = 32;
export const words = 'domestic animal dog';

/** One system under load, as wrk and /proc see it. */
export interface Cost {
  readonly perSecond: number;
  /** CPU time of all its processes for one successful search, ms. */
  readonly cpuMs: number;
}

export interface System {
  readonly url: string;
  readonly pids: readonly number[];
}

export const inWords = ({ perSecond, cpuMs }: Cost): string => `${perSecond.toFixed(0)}/s (${cpuMs.toFixed(2)} ms CPU)`;

/**
 * The costs of a round without a failure. Admission is on, with a limit above the 32 connections (topology.json). wrk
 * repeats refused requests at once, so with a low limit the round would mostly measure refusals.
 */
export async function clean(system: System, say: (line: string) => void): Promise<Cost> {
  for (let again = 0; again < 2; again++) {
    try {
      return await wrk(system);
    } catch (error) {
      say(`${(error as Error).message}: once more`);
    }
  }
  return wrk(system);
}

/** Throws when a request had no successful answer, unless `strict` is false. */
async function wrk({ url, pids }: System, seconds = secondsPerRound, strict = true): Promise<Cost> {
  const cpuBefore = cpuSeconds(pids);
  const page = `${url}/search?q=${encodeURIComponent(words)}`;
  const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, page], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await text(child.stdout);
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0);
  if (failed > 0 && strict) throw new Error(`${failed} answers of ${url} were not successes`);
  const succeeded = Number(/(\d+) requests in/.exec(said)![1]) - failed;
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)![1]),
    cpuMs: ((cpuSeconds(pids) - cpuBefore) * 1_000) / succeeded,
  };
}

const maxWarmUps = 5;
const warmUpSeconds = { ours: 4, reference: 2 };
/** Rounds of one warm system differ by so much. */
const noise = 0.02;
const roundsWithoutGain = 3;

/**
 * Loads the systems in turn until three rounds in a row lower the CPU time per search of none of them. So each is as
 * warm as it gets. V8 compiles longer for more code, so our system gets more time. The same-work chain takes 2.8 ms of
 * CPU per search after one second of load, 1.9 ms after five, and 1.7 ms from ten seconds on. The systems take turns,
 * because a minute without load makes our processes slower: a search takes 2.2 to 2.6 ms of CPU before this minute, and
 * 2.9 to 3.9 ms after it. A cold process may refuse some of so many sudden callers.
 */
export async function warmUp(ours: System, references: readonly System[]): Promise<number> {
  const systems = [
    { system: ours, seconds: warmUpSeconds.ours, leastMs: Infinity },
    ...references.map((system) => ({ system, seconds: warmUpSeconds.reference, leastMs: Infinity })),
  ];
  let withoutGain = 0;
  let rounds = 0;
  for (; rounds < maxWarmUps && withoutGain < roundsWithoutGain; rounds++) {
    withoutGain++;
    for (const each of systems) {
      const { cpuMs } = await wrk(each.system, each.seconds, false);
      if (cpuMs < (1 - noise) * each.leastMs) withoutGain = 0;
      each.leastMs = Math.min(each.leastMs, cpuMs);
    }
  }
  return rounds;
}

/** The row of a throughput over another one, each pair measured in turn. */
export function throughputRow(
  figure: Pick<Row, 'row' | 'name'>,
  goal: number,
  pairs: readonly { readonly ours: Cost; readonly reference: Cost }[],
): Row {
  const ratios = pairs.map(({ ours, reference }) => ours.perSecond / reference.perSecond);
  const typical = (side: 'ours' | 'reference'): string =>
    inWords({
      perSecond: median(pairs.map((pair) => pair[side].perSecond)),
      cpuMs: median(pairs.map((pair) => pair[side].cpuMs)),
    });
  return {
    ...figure,
    ours: typical('ours'),
    reference: typical('reference'),
    ...ofRatios(ratios),
    goal: `>= ${goal}`,
    met: median(ratios) >= goal,
  };
}
