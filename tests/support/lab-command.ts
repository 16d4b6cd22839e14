import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { compiled } from './compiled.ts';

export const labMain = path.resolve(import.meta.dirname, '../../labs/main.ts');

/** Runs the `lab` command to its end. */
export const labCommand = (...args: readonly string[]) => node(labMain, ...args);

/** Runs a program that imports sources, to its end. */
export const programOf = (text: string) => node('--input-type=module', '-e', text);

const node = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000, env: compiled });
