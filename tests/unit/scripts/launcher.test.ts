import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error: without types, as Node.js 20 must run it
import * as build from '../../../scripts/build.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { launcher } = build as { launcher: (cache: string) => string };

test.each(['20.20.2', '25.9.0'])('under Node.js %s, the command says which version it needs', (version) => {
  const file = path.join(temporaryFolder(), 'tierlab.mjs');
  writeFileSync(file, launcher('.cache-none'));
  const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', older, file], { encoding: 'utf8' });
  expect(stderr).toMatch(/^tierlab: Node\.js 26 is needed\b.*\bnpm run\b.*\n$/);
  expect(status).toBe(1);
  // An older Node.js ends with a SyntaxError when a built-in module lacks a name that a file imports.
  expect(launcher('.cache-none')).not.toMatch(/^import \{/m);
});
