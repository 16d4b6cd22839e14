import { spawn, spawnSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataDirOf, root } from '../../../cli/paths.ts';
import { createJournal } from '../../../services/chaos/journal.ts';
import { run } from '../cli/run.ts';
import { freePortBase } from '../../support/cluster.ts';
import { compiled } from '../../support/compiled.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test.each<[string, string, string]>([
  ['up --topology tiny --detach', 'file', 'a part of this path is a file, not a folder'],
  ['up --topology tiny', 'file', 'a file has this name, and a folder is needed'],
  ['up --topology tiny --detach', 'file/data', 'a part of this path is a file, not a folder'],
  ['up --topology tiny --detach', 'n'.repeat(300), 'this name is too long'],
  ['up --topology tiny --detach', 'circle/data', 'its links form a circle'],
  ['dataset', 'file/data', 'a part of this path is a file, not a folder'],
  ['dataset', 'file', 'a part of this path is a file, not a folder'],
])('P3: "%s" says why the data folder %s cannot be used', async (line, name, why) => {
  const dir = temporaryFolder();
  writeFileSync(path.join(dir, 'file'), '');
  symlinkSync('circle', path.join(dir, 'circle'));
  const { said, exitCode } = await run(...line.split(' '), '--data', path.join(dir, name));
  expect([exitCode, said]).toEqual([1, expect.stringContaining(why)]);
  expect(said).toContain(path.join(dir, name));
});

test.runIf(existsSync('/proc/self'))('P3: "down" names the cluster whose run file was deleted', async () => {
  const dir = temporaryFolder();
  const port = await freePortBase();
  const script = path.join(dir, 'tierlab.js');
  writeFileSync(script, `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log())`);
  const cluster = spawn(process.execPath, [script, 'up'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void cluster.kill());
  await once(cluster.stdout, 'data');
  const { said, exitCode } = await run('down', '--port-base', String(port), '--data', dir);
  expect([exitCode, said]).toEqual([1, expect.stringMatching(`${dir}.*--data.*\\bkill ${cluster.pid}\n$`)]);
});

// A process of its own: an endless loop inside mkdirSync could not be ended here.
test.runIf(existsSync('/proc/self')).each([
  ['cli/main.ts', 'up', '--topology', 'tiny', '--detach', '--data'],
  ['cli/main.ts', 'dataset', '--data'],
  ['labs/main.ts', '10', '--yes', '--virtual', '--home'],
])('P3: %s %s ends at once where the system makes no folder', (script, ...words) => {
  const { status, signal, stderr } = spawnSync(process.execPath, [path.join(root, script), ...words, '/proc/nosuch'], {
    encoding: 'utf8',
    env: compiled,
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  expect([status, signal, stderr]).toEqual([expect.any(Number), null, expect.stringContaining('/proc/nosuch')]);
  expect(status).not.toBe(0);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('Q7: an empty TIERLAB_DATA is like none', () => {
  expect(dataDirOf(undefined, { TIERLAB_DATA: '' })).toBe(dataDirOf(undefined, {}));
});

test.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])('P3: with %s a fault is not begun, and other lines wait', (code) => {
  let broken = true;
  const written: string[] = [];
  const troubles: unknown[] = [];
  const write = (line: string): void => {
    if (broken) throw Object.assign(new Error(code), { code });
    written.push(JSON.parse(line).id);
  };
  const journal = createJournal({ now: () => 0, wall: () => 0 }, write, [], (error) => troubles.push(error));
  const entry = { kind: 'none', target: 'a' };
  expect(() => journal.note({ ...entry, event: 'undo', id: 'f1' })).toThrow(code);
  journal.note({ ...entry, event: 'heal', id: 'f2' });
  journal.note({ ...entry, event: 'refuse', id: 'f3' });
  expect([written, troubles.length]).toEqual([[], 2]);
  expect(journal.recent().map(({ id }) => id)).toEqual(['f2', 'f3']);
  broken = false;
  journal.note({ ...entry, event: 'undo', id: 'f4' });
  expect(written).toEqual(['f2', 'f3', 'f4']);
});
