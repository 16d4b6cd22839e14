import type { Browser } from 'playwright-core';
import { type PlacementName, placementNames } from '../../services/client/placements/names.ts';
import { check, exactly, unknown } from '../kit/checks.ts';
import { nodeOf } from '../kit/nodes.ts';
import type { Check, Findings, LabCluster, LiveContext } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { type LiveSession, openBrowser, openPerson, type Person } from './browser.ts';
import { asScript, messagesIn, scriptInWords, typedQuery, scripts } from './script.ts';

/** The processor of the client becomes this many times slower: first 6, then more, until the order changes. */
const slowTimes = [6, 12, 24];
/** Sessions of each placement, at full speed and with a slow processor. */
const sessions = (times: number): number => (times === 1 ? 3 : 2);
/** The size of the data set: large enough that a search in it is work for a browser. */
const pages = 1_200;

const topology = {
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    {
      name: 'server',
      components: ['client', 'gateway', 'app', 'query', 'database', 'ranking', 'html'],
      replicas: 1,
    },
  ],
};

interface Measured {
  readonly name: PlacementName;
  readonly all: readonly LiveSession[];
  /** The least of all sessions, ms, because other programs on the machine can only add to it. */
  readonly workedMs: number;
  readonly totalMs: number;
  readonly serverMs: number;
}

/** The five placements in a real browser, before a server of the lab's own. */
export async function liveRun(turns: number, r: number, context: LiveContext): Promise<Findings> {
  const browser = await openBrowser();
  try {
    return await inBrowser(browser, turns, r, context);
  } finally {
    await browser.close();
  }
}

async function inBrowser(browser: Browser, turns: number, r: number, context: LiveContext): Promise<Findings> {
  const own = await context.cluster(topology, pages);
  const server = nodeOf(own, 'client');
  const address = `http://127.0.0.1:${server.doors['client']}`;
  const person = await openPerson(browser, address, r);
  // The first session compiles code on both sides, and the words of the corpus reach the query generator.
  await person.arrive('terminal');
  await person.session('terminal', turns);

  const fast = await measure(own, person, turns, 1, context);
  const slow: { readonly times: number; readonly measured: readonly Measured[] }[] = [];
  for (const times of slowTimes) {
    slow.push({ times, measured: await measure(own, person, turns, times, context) });
    if (orderOf(slow.at(-1)!.measured) !== orderOf(fast)) break;
  }
  const slowest = slow.at(-1)!;
  const deaths = await afterDeath(own, person);
  return {
    points: fast.map(({ name, all }) => exactly(name, all[0]!.messages.length, all.length)),
    checks: [
      ...fast.map((each, i) =>
        scriptCheck(
          each,
          slow.flatMap(({ measured }) => measured[i]!.all),
          turns,
        ),
      ),
      sameScreens([...fast, ...slow.flatMap(({ measured }) => measured)]),
      orderCheck(fast, turns),
      slowCheck(fast, slowest.measured, slowest.times),
      payCheck(fast),
      ...deaths.checks,
    ],
    timeline: [
      ...table('full speed', fast),
      ...slow.flatMap(({ times, measured }) => table(`processor ${times} times slower`, measured)),
      'after the server has died',
      ...deaths.timeline,
    ],
  };
}

async function measure(
  own: LabCluster,
  person: Person,
  turns: number,
  times: number,
  { progress, signal }: LiveContext,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [i, name] of placementNames.entries()) {
    const all: LiveSession[] = [];
    const serverMs: number[] = [];
    for (let n = 0; n < sessions(times); n++) {
      signal.throwIfAborted();
      await person.arrive(name);
      const before = await serverCpuMs(own);
      await person.slowDown(times);
      all.push(await person.session(name, turns));
      await person.slowDown(1);
      serverMs.push((await serverCpuMs(own)) - before);
    }
    progress(`sessions, processor 1/${times}`, i + 1, placementNames.length);
    measured.push({
      name,
      all,
      workedMs: least(all.map(({ workedMs }) => workedMs)),
      totalMs: least(all.map(({ workedMs, waitedMs }) => workedMs + waitedMs)),
      serverMs: least(serverMs),
    });
  }
  return measured;
}

/** The processor time of the server's process so far. To ask for it costs some ms, the same in each session. */
async function serverCpuMs(own: LabCluster): Promise<number> {
  const { opsPort } = nodeOf(own, 'client');
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  const [, seconds] = /^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(text) ?? [];
  return 1_000 * Number(seconds);
}

const least = (values: readonly number[]): number => Math.min(...values);

/** Every session, fast or slow, sent exactly the messages of its script, and the page counted the same. */
function scriptCheck(fast: Measured, slow: readonly LiveSession[], turns: number): Check {
  const wanted = scripts[fast.name](turns);
  const all = [...fast.all, ...slow];
  const wrong = all.find(
    ({ messages, counted }) =>
      scriptInWords(asScript(messages)) !== scriptInWords(wanted) || counted !== messagesIn(wanted),
  );
  return check(
    `${fast.name}: every session sent the messages of the table`,
    wrong === undefined,
    wrong === undefined
      ? `${scriptInWords(wanted)}; ${all.length} sessions`
      : `${scriptInWords(asScript(wrong.messages))} instead of ${scriptInWords(wanted)}; ` +
          `the page counted ${wrong.counted}`,
  );
}

function sameScreens(measured: readonly Measured[]): Check {
  const ends = measured.flatMap(({ all }) => all.map(({ html }) => html));
  const equal = ends.filter((html) => html === ends[0]).length;
  return check(
    'all placements end with the same screen',
    equal === ends.length,
    `${equal} of ${ends.length} are equal`,
  );
}

/** The names of the placements, the fastest first. */
const orderOf = (measured: readonly Measured[]): string =>
  shown(measured.toSorted((a, b) => a.totalMs - b.totalMs).map(({ name }) => name));

const shown = (names: readonly string[]): string => names.join(' < ');

function orderCheck(fast: readonly Measured[], turns: number): Check {
  const predicted = placementNames.toSorted((a, b) => messagesIn(scripts[a](turns)) - messagesIn(scripts[b](turns)));
  return check('fewer round trips take less time', orderOf(fast) === shown(predicted), orderOf(fast));
}

/** The fatter the client, the more it suffers. Which placements change places depends on the machine and on r. */
function slowCheck(fast: readonly Measured[], slow: readonly Measured[], times: number): Check {
  const label = `with a ${times} times slower processor the order changes`;
  const [before, after] = [orderOf(fast), orderOf(slow)];
  if (before === after)
    return unknown(label, `it stayed ${after}`, 'run it again with another --seed, which draws another r');
  return check(label, true, `${before} became ${after}`);
}

/** A thin client leaves the work to the server. */
function payCheck(fast: readonly Measured[]): Check {
  const of = (wanted: PlacementName) => fast.find(({ name }) => name === wanted)!;
  const [thin, shared] = [of('terminal'), of('shared-application')];
  return check(
    'the server needs more processor time for a terminal than for shared-application',
    thin.serverMs > shared.serverMs,
    `${digits(thin.serverMs)} ms and ${digits(shared.serverMs)} ms for each session`,
  );
}

/** Kills the server. What is on the client still answers; everything else fails with a sentence. */
async function afterDeath(own: LabCluster, person: Person): Promise<{ checks: Check[]; timeline: string[] }> {
  const server = nodeOf(own, 'client');
  // One page for all placements: each makes its search while the server lives.
  await person.arriveInAll(placementNames);
  await own.crash(server.id);
  const timeline: string[] = [];
  const again: PlacementName[] = [];
  const anew: PlacementName[] = [];
  for (const name of placementNames) {
    await person.choose(name);
    const same = await person.search(typedQuery);
    const other = await person.search('harbour');
    if (same === undefined) again.push(name);
    if (other === undefined) anew.push(name);
    timeline.push(`  ${name}: the same search: ${same ?? 'answers'}`, `  ${name}: a new search: ${other ?? 'answers'}`);
  }
  return {
    timeline,
    checks: [
      check('only data-cache answers the same search again', shown(again) === 'data-cache', shown(again) || 'none'),
      check('no placement answers a new search', anew.length === 0, shown(anew) || 'none'),
    ],
  };
}

function table(title: string, measured: readonly Measured[]): string[] {
  const cell = (value: number): string => `${digits(value)} ms`.padStart(10);
  return [
    `${title}: time of a session; the part in which the client works; processor time of the server`,
    ...measured.map(
      ({ name, totalMs, workedMs, serverMs }) =>
        `  ${name.padEnd(20)}${cell(totalMs)}${cell(workedMs)}${cell(serverMs)}`,
    ),
  ];
}
