import { expect, test } from 'vitest';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeRunFile } from '../../../cli/run-file.ts';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('availability --predict needs no running cluster where the topology and the nodes are given', async () => {
  const { exitCode, said } = await run(
    'availability',
    '--predict',
    '--topology=service-across-servers',
    '--each=.95',
    '--json',
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(said)).toMatchObject({
    topology: 'service-across-servers',
    assumed: { nodes: 0.95, commonCause: 0 },
    whole: { predicted: expect.closeTo(0.95 ** 2 * (1 - 0.05 ** 2) ** 2, 12) },
    stopTheWhole: ['middle-1', 'client-1'],
  });
});

test('availability --predict reads the file of a running topology that has no name in topologies/', async () => {
  const data = temporaryFolder();
  const topologySource = path.join(data, 'mine.json');
  writeFileSync(topologySource, readFileSync('topologies/tiny.json', 'utf8').replace('"tiny"', '"mine"'));
  await fakeCluster({ 'monitor-1': { '/api/availability': { nodes: [], services: [], whole: { measured: 1 } } } });
  const portBase = Number(process.env.TIERLAB_PORT_BASE);
  writeRunFile(data, { pid: process.pid, portBase, topology: 'mine', topologySource, startedAt: '' });
  const { exitCode, said } = await run('availability', '--predict', '--json', '--data', data);
  expect([exitCode, JSON.parse(said)]).toEqual([0, expect.objectContaining({ topology: 'mine' })]);
});

test.each([
  [['--topology', 'tiny'], /--each\b/],
  [['--topology', 'tiny', '--each', '95'], /\b0 to 1\b/],
  [['--topology', 'tiny', '--each', '.9', '--needed', 'ranking'], /\bdatabase=2\b/],
  [['--topology', 'tiny', '--each', '.9', '--needed', 'ranking=2'], /\btiny\b.*\b1\b.*\branking\b/],
  [
    ['--topology', 'multi-server', '--each', '.9', '--needed', 'database=3'],
    /\bmulti-server\b.*\b1\b.*\bdatabase\b.*\bshard\b/,
  ],
  [['--topology', 'elastic', '--each', '.9', '--needed', 'ranking=2'], /\belastic\b.*\b1\b.*\branking\b/],
  [['--topology', 'tiny', '--each', '.9', '--needed', 'nothing=1'], /\btiny\b.*\b0\b.*\bnothing\b/],
])('availability --predict %j is refused', async (flags, reason) => {
  const { exitCode, said } = await run('availability', '--predict', ...flags);
  expect(said).toMatch(reason);
  expect(exitCode).toBe(2);
});
