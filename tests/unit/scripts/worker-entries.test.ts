import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findWorkers, rewrite } from '../../../scripts/lib/worker-entries.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = temporaryFolder();
mkdirSync(path.join(root, 'load/assets'), { recursive: true });
const plain = path.join(root, 'load/start.ts');
const either = path.join(root, 'load/either.ts');
writeFileSync(path.join(root, 'load/job.ts'), '');
writeFileSync(plain, "new Worker(new URL('./job.ts', import.meta.url), { workerData });");
writeFileSync(
  either,
  "fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './job.ts' : './job.js', import.meta.url));",
);
const bystander = path.join(root, 'load/assets.ts');
writeFileSync(bystander, "new URL('./assets/', import.meta.url); new URL('./nowhere.ts', import.meta.url);");

test('files that workers are started from become entries, once each', () => {
  const found = findWorkers(root, [plain, either, bystander]);
  expect(found.entries).toEqual([{ in: path.join(root, 'load/job.ts'), out: 'load-job' }]);
  expect(found.users).toEqual([plain, either]);
});

test('the address in the code follows, in both spellings', () => {
  expect(rewrite("new URL('./job.ts', import.meta.url)", plain, root)).toBe(
    "new URL('./load-job.js', import.meta.url)",
  );
  expect(rewrite("new URL(ts ? './job.ts' : './job.js', import.meta.url)", either, root)).toBe(
    "new URL(ts ? './load-job.js' : './load-job.js', import.meta.url)",
  );
});

test('addresses of anything else stay as they are', () => {
  const text = "new URL('./assets/', import.meta.url); new URL('./nowhere.ts', import.meta.url)";
  expect(rewrite(text, bystander, root)).toBe(text);
});
