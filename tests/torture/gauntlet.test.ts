/**
 * Faults one after another, under a load whose every answer is compared with the answer before the faults. Under
 * `quorum: always` no answer may be wrong. Under `sample` liars give wrong answers until an audit catches them: the
 * table says how many.
 */
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../shared/time/random.ts';
import { dataFolder, startCluster, tierlab, until, type NodeRow, type TestCluster } from '../support/cluster.ts';
import { tortureMinutes, tortureSeed } from './torture-options.ts';

const minutes = tortureMinutes(60);
const faultSeconds = 8;
const slotSeconds = 12;
const ratePerSecond = 60;

/** Each kind of fault, the tiers that it can affect, and its parameters. */
const faults: readonly { kind: string; tiers: readonly string[]; flags: readonly string[] }[] = [
  { kind: 'byz.corrupt', tiers: ['ranking', 'database'], flags: [] },
  { kind: 'byz.omit', tiers: ['database'], flags: ['--share', '0.5'] },
  { kind: 'byz.rank', tiers: ['ranking'], flags: [] },
  { kind: 'byz.stale', tiers: ['database'], flags: [] },
  { kind: 'byz.forge', tiers: ['database', 'ranking'], flags: ['--as', 'app-1'] },
  { kind: 'byz.equivocate', tiers: ['ranking', 'database'], flags: [] },
  { kind: 'byz.replay', tiers: ['database', 'ranking'], flags: [] },
  { kind: 'byz.twin', tiers: ['query', 'ranking'], flags: [] },
  { kind: 'stop.kill', tiers: ['database', 'ranking', 'query', 'html', 'app'], flags: [] },
  { kind: 'stop.hang', tiers: ['database', 'ranking', 'query', 'html', 'app'], flags: [] },
  { kind: 'limp.latency', tiers: ['database', 'ranking', 'query', 'app'], flags: ['--mean-ms', '400'] },
  {
    kind: 'limp.intermittent',
    tiers: ['database', 'ranking'],
    flags: ['--mean-ms', '400', '--on-ms', '1500', '--off-ms', '1500'],
  },
  { kind: 'net.reset', tiers: ['database', 'ranking', 'query'], flags: [] },
];

interface Counts {
  readonly sent: number;
  readonly good: number;
  readonly wrong: number;
  readonly wrongAnswers?: readonly object[];
}
interface Slot extends Counts {
  readonly kind: string;
  readonly victim: string;
}

let dataDir: string;
let cluster: TestCluster;
let where: readonly string[];
let nodes: readonly NodeRow[];
beforeAll(async () => {
  dataDir = await dataFolder();
  cluster = await startCluster({ dataDir, topology: 'multitier', env: { TIERLAB_CHAOS: '1' } });
  where = ['--port-base', String(cluster.portBase), '--data', dataDir];
  nodes = await cluster.nodes();
}, 240_000);

async function command(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tierlab(...args);
  if (code !== 0) throw new Error(`tierlab ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

const oracle = () => path.join(dataDir, 'oracle.json');
function load(seconds: number, seed: number, ...more: readonly string[]) {
  const shape = ['--workload', 'search', '-R', `${ratePerSecond}/s`, '-d', `${seconds}s`, '--seed', String(seed)];
  return tierlab('load', cluster.gateway, ...shape, '--json', ...more);
}

/**
 * Waits until callers use all nodes again and no fault is left. The next fault must meet a complete cluster, because a
 * group tolerates only f failures at a time.
 */
async function whole(): Promise<void> {
  await until(async () => {
    const view = (await (await fetch(`${monitorUrl()}/api/view`)).json()) as { members: { state: string }[] };
    return view.members.every(({ state }) => state === 'alive');
  }, 60_000);
}
function monitorUrl(): string {
  const { port } = nodes.find(({ components }) => components.includes('monitor'))!;
  return `http://127.0.0.1:${port}`;
}

async function gauntlet(mode: 'always' | 'sample'): Promise<Slot[]> {
  await command('policy', JSON.stringify({ quorum: { when: mode } }), ...where);
  // The load's seed chooses the questions. One seed is used, so that the oracle knows all questions.
  await load(2, tortureSeed, '--verify', '--save-oracle', oracle());
  const random = seededRandom(`gauntlet ${tortureSeed} ${mode}`);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
  const slots: Slot[] = [];
  const endsAt = performance.now() + (minutes / 2) * 60_000;
  for (let turn = 0; performance.now() < endsAt; turn++) {
    await whole();
    const { kind, tiers, flags } = faults[turn % faults.length]!;
    const tier = pick(tiers);
    const victim = pick(nodes.filter(({ components }) => components.includes(tier))).id;
    const running = load(slotSeconds, tortureSeed, '--verify', oracle());
    const fault = [kind, '--target', victim, ...flags, '--ttl', `${faultSeconds}s`];
    await command('chaos', 'inject', ...fault, ...where);
    const counts = JSON.parse((await running).stdout) as Counts;
    slots.push({ kind, victim, ...counts });
    const { sent, good, wrong } = counts;
    console.log(
      `${mode} ${kind} at ${victim}: sent ${sent}, right ${good}, wrong ${wrong}, failed ${sent - good - wrong}`,
    );
    if (wrong > 0) console.log(JSON.stringify(counts.wrongAnswers, null, 2));
  }
  return slots;
}

function summary(mode: string, slots: readonly Slot[]): string {
  const rows = [...Map.groupBy(slots, ({ kind }) => kind)].map(([kind, same]) => {
    const sum = (of: (slot: Slot) => number) => same.reduce((total, slot) => total + of(slot), 0);
    const [sent, right, wrong] = [sum(({ sent }) => sent), sum(({ good }) => good), sum(({ wrong }) => wrong)];
    return `${kind.padEnd(18)} sent ${sent}, right ${right}, wrong ${wrong}, failed ${sent - right - wrong}`;
  });
  const wrong = slots.reduce((total, slot) => total + slot.wrong, 0);
  return [`quorum ${mode}, seed ${tortureSeed}:`, ...rows, `wrong ${wrong}`].join('\n');
}

test('under votes on every call no answer is wrong', async () => {
  const slots = await gauntlet('always');
  console.log(summary('always', slots));
  expect(slots.filter(({ wrong }) => wrong > 0)).toEqual([]);
  expect(slots.length).toBeGreaterThan(0);
}, 7_200_000);

test('under sampled votes wrong answers end when the liar is named', async () => {
  const slots = await gauntlet('sample');
  console.log(summary('sample', slots));
  console.log(await command('incidents', '--score', ...where));
  const harmless = slots.filter(({ kind }) => !kind.startsWith('byz.'));
  expect(harmless.filter(({ wrong }) => wrong > 0)).toEqual([]);
}, 7_200_000);
