import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { shardFiles } from '../../../services/database/files.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../services/database/index/checkpoint.ts';
import { segmentArrays } from '../../../services/database/index/segment.ts';
import { openShard } from '../../../services/database/open.ts';
import { writeShard } from '../../../services/database/writer.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { madePages } from './made-pages.ts';
import { madePlan } from './made-plans.ts';
import { segmentOf } from './memory.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readableLog } from './readable-log.ts';

const pages = madePages(seededRandom('checkpoint'), 120);
const random = seededRandom('checkpoint plans');
const plans = Array.from({ length: 40 }, () => madePlan(random, pages));

let folder: string;
let files: ReturnType<typeof shardFiles>;

beforeEach(async () => {
  folder = temporaryFolder();
  files = shardFiles(folder);
  await writeShard(folder, pages);
});

/** Opens the shard and answers all plans. */
function serve() {
  const { log, lines } = readableLog();
  const shard = openShard(folder, systemClock, log);
  try {
    const answers = plans.map((plan) => {
      const { total, statistics, hits } = shard.index.find(plan, 10, undefined);
      return { total, statistics, hits };
    });
    return { answers, rebuilt: shard.rebuilt, warnings: lines().map(({ refusal }) => refusal) };
  } finally {
    shard.store.close();
  }
}

test('a good checkpoint is taken without a word, and holds every array as it was', () => {
  const { segment } = segmentOf(pages);
  saveCheckpoint(files.checkpoint, segment, 'here');
  const loaded = loadCheckpoint(files.checkpoint, 'here');
  if (!loaded.ok) throw new Error(loaded.refusal);
  for (const name of Object.keys(segmentArrays) as (keyof typeof segmentArrays)[]) {
    expect([...loaded.segment[name]], name).toEqual([...segment[name]]);
  }
  expect(loaded.segment.documents).toBe(pages.length);
});

test('what the writer left is served as it is', () => {
  expect(serve()).toMatchObject({ rebuilt: undefined, warnings: [] });
});

test.each<[string, string, (file: string) => void]>([
  ['missing', 'missing', (file) => rmSync(file)],
  ['empty', 'truncated', (file) => truncateSync(file, 0)],
  ['cut inside its head', 'truncated', (file) => truncateSync(file, 12)],
  ['cut in the middle', 'corrupt', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ['short of its last byte', 'corrupt', (file) => truncateSync(file, statSync(file).size - 1)],
  [
    'longer than it was',
    'corrupt',
    (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(8)])),
  ],
  ['of an older format', 'other-format', (file) => overwrite(file, 4, 0)],
  ['of another program', 'other-format', (file) => overwrite(file, 0, 0x50)],
  ['flipped in one bit of its description', 'corrupt', (file) => flip(file, 20)],
  ['flipped in one bit of its last array', 'corrupt', (file) => flip(file, statSync(file).size - 9)],
])('a checkpoint that is %s is made again from the store, and says why', (_, refusal, damage) => {
  const before = serve();
  damage(files.checkpoint);
  const after = serve();
  expect(after).toMatchObject({ rebuilt: refusal, warnings: [refusal] });
  expect(after.answers).toEqual(before.answers);
  // The new one is good.
  expect(serve()).toEqual(before);
});

test('a checkpoint of other pages is stale', async () => {
  const old = readFileSync(files.checkpoint);
  await writeShard(folder, pages.slice(1));
  writeFileSync(files.checkpoint, old);
  expect(serve()).toMatchObject({ rebuilt: 'stale' });
});

test('any single flipped byte is noticed', () => {
  const { segment } = segmentOf(pages.slice(0, 20));
  saveCheckpoint(files.checkpoint, segment, 'here');
  const good = readFileSync(files.checkpoint);
  for (let at = 0; at < good.length; at += 401) {
    const bad = Buffer.from(good);
    bad[at]! ^= 0x10;
    writeFileSync(files.checkpoint, bad);
    expect(loadCheckpoint(files.checkpoint, 'here').ok, `byte ${at}`).toBe(false);
  }
});

test('a checkpoint that cannot be written does not keep the shard from serving', () => {
  const before = serve();
  rmSync(files.checkpoint);
  // A folder in the way of the file that is written first.
  mkdirSync(`${files.checkpoint}.${process.pid}.partial`);
  const { log, lines } = readableLog();
  const shard = openShard(folder, systemClock, log);
  shard.store.close();
  expect(shard.rebuilt).toBe('missing');
  expect(lines()).toHaveLength(2);
  expect(shard.index.find(plans[0]!, 10, undefined).total).toBe(before.answers[0]!.total);
});

function overwrite(file: string, at: number, value: number): void {
  const bytes = readFileSync(file);
  bytes[at] = value;
  writeFileSync(file, bytes);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}
