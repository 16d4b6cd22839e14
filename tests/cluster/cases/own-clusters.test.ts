import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../../cli/paths.ts';
import { dataFolder, freePortBase, until } from '../../support/cluster.ts';
import { allProcesses } from '../../support/process-tree.ts';
import { twoPages } from '../../support/two-pages.ts';

/** The processes that name this data folder: the command, the watchdog and the nodes of its cluster. */
const ofFolder = (dataDir: string) => allProcesses().filter(({ command }) => command.includes(dataDir));

const matrix = ['chaos', 'matrix', '--topology', 'tiny', '--kinds', 'none', '--votes', 'as-is', '--port-base'];

test.each<[string, readonly string[], RegExp, NodeJS.Signals]>([
  ['while its cluster starts', matrix, /run-node/, 'SIGTERM'],
  ['while its cluster starts', matrix, /run-node/, 'SIGHUP'],
  ['while its cluster starts', matrix, /run-node/, 'SIGKILL'],
  ['while its cluster runs', matrix, /run-node control/, 'SIGKILL'],
  ['while its cluster starts', ['compare', 'tiny', 'tiny'], /run-node/, 'SIGTERM'],
  ['while its cluster runs', ['compare', 'tiny', 'tiny'], /searches and traces/, 'SIGKILL'],
])('P1: a command that has a cluster of its own, %s, %j, leaves nothing behind', async (_, words, phase, signal) => {
  const dataDir = await dataFolder(twoPages);
  const portBase = words === matrix ? [String(await freePortBase())] : [];
  const argv = [path.join(root, 'dist', 'tierlab.js'), ...words, ...portBase, '--data', dataDir];
  const command = spawn(process.execPath, argv, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  command.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  onTestFinished(() => ofFolder(dataDir).forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
  const ended = new Promise<number | null>((resolve) => void command.once('exit', resolve));
  await until(() => phase.test(output) || ofFolder(dataDir).some((row) => phase.test(row.command)), 30_000);
  command.kill(signal);
  expect(await ended).toBe(signal === 'SIGKILL' ? null : 130);
  await until(() => ofFolder(dataDir).length === 0, 15_000);
  expect(globSync('run/*/cluster.json', { cwd: dataDir })).toEqual([]);
});
