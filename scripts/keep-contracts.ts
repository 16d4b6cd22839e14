/**
 * `node scripts/keep-contracts.ts`: keeps the contracts of this version as a file, once for each release. A unit test
 * checks that all later versions are compatible with it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadComponents } from '../services/registry.ts';
import { keptContracts } from './lib/kept-contracts.ts';

const root = path.resolve(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
const file = `contracts/${version}.json`;
const kept = keptContracts(Object.values(await loadComponents()).map(({ contract }) => contract));
await writeFile(path.join(root, file), `${JSON.stringify(kept, null, 2)}\n`);
process.stdout.write(`${file}\n`);
