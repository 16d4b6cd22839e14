import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { leanImports } from '../../../scripts/lib/lean-imports.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = temporaryFolder();

/** Bundles `source` and answers what the bundle prints. */
async function bundledOutput(source: string, project = root): Promise<string> {
  const outfile = path.join(folder, 'out.mjs');
  await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [leanImports(project)],
    logLevel: 'silent',
  });
  return spawnSync(process.execPath, [outfile], { encoding: 'utf8' }).stdout.trim();
}

test('node:http works, and the WebSocket inside Node.js stays unloaded', async () => {
  const source = `import { createServer } from 'node:http';
    console.log(typeof createServer, process.moduleLoadList.some((name) => name.includes('undici')));`;
  expect(await bundledOutput(source)).toBe('function false');
});

test('undici gives its pool and its errors', async () => {
  const source = `import { Pool, errors } from 'undici';
    const pool = new Pool('http://127.0.0.1:9');
    pool.request({ path: '/', method: 'GET' })
      .catch((error) => console.log(error.code, typeof errors.RequestAbortedError));`;
  expect(await bundledOutput(source)).toBe('ECONNREFUSED function');
});

test.each(["it's mine", 'a "quoted" name', 'mein Ordner ü', '`${1}`'])(
  'a project in a folder with the name %s is bundled',
  async (name) => {
    const project = path.join(folder, name);
    mkdirSync(project);
    symlinkSync(path.join(root, 'node_modules'), path.join(project, 'node_modules'));
    const source =
      "import { Pool, errors } from 'undici'; console.log(typeof Pool, typeof errors.RequestAbortedError);";
    expect(await bundledOutput(source, project)).toBe('function function');
  },
);

test('what packages require for TLS is loaded when it is used, not before', async () => {
  const source = `const https = require('node:https');
    const tls = () => process.moduleLoadList.some((name) => name.endsWith(' tls'));
    console.log(tls(), 'Agent' in https, typeof https.createServer, tls());`;
  expect(await bundledOutput(source)).toBe('false true function true');
});

test('fastify and the pool load without TLS', async () => {
  const source = `import fastify from 'fastify'; import { Pool } from 'undici';
    console.log(typeof fastify, typeof Pool, process.moduleLoadList.some((name) => name.endsWith(' tls')));`;
  expect(await bundledOutput(source)).toBe('function function false');
});

test('a part of undici that the bundle does not know fails the build by name', async () => {
  await expect(bundledOutput("import { MockAgent } from 'undici'; console.log(MockAgent);")).rejects.toThrow(
    /MockAgent/,
  );
});
