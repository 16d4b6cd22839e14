import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { load } from '../loadgen/run.ts';
import { constant } from '../loadgen/servers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

test.each([
  { input: 'a token in a list', list: '{"target":"/","headers":{"authorization":"Bearer sesame-99"}}\n', args: [] },
  { input: 'a password in a body', list: '{"target":"/","method":"POST","body":{"p":"sesame-99"}}\n', args: [] },
  { input: 'a cookie for all', list: '/\n', args: ['-H', 'cookie: s=sesame-99'] },
  { input: 'a token in the address of a request', list: '/a?token=sesame-99&b\n', args: [] },
  { input: 'a list that is refused', list: '{"target":"/","headers":{"x":"sesame-99\\n"}}\n', args: [] },
])('L7 $input is in nothing that a run leaves', async ({ list, args }) => {
  const server = await constant(1);
  const [bin, html, csv] = ['s.bin', 's.html', 's.csv'].map((name) => path.join(folder, name));
  const requests = fileOf('secret.txt', list);
  const outputs = ['-o', bin!, '--html', html!, '--csv', csv!];
  const model = ['--requests', requests, '-R', '50/s', '-d', '500ms'];
  const { stdout, stderr, code } = await load(server.url, ...model, ...outputs, ...args);
  expect(stdout + stderr).not.toContain('sesame-99');
  if (code === 2) return;
  for (const file of [html!, csv!]) expect(readFileSync(file, 'utf8')).not.toContain('sesame-99');
  expect(gunzipSync(readFileSync(bin!).subarray(8)).toString()).not.toContain('sesame-99');
});
