import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The repository's root. This code is one folder below the root, both in the sources (`cli/paths.ts`) and in the bundle
 * (`dist/tierlab.js`).
 */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

export const topologiesDir = path.join(root, 'topologies');

/** Where data lives unless `--data` or TIERLAB_DATA names another folder. */
export function dataDirOf(option: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(option ?? (environment.TIERLAB_DATA || path.join(root, 'data')));
}

/** The script that runs the `tierlab` command: what this process was started with. */
export function entryScript(): string {
  const script = process.argv[1];
  if (script === undefined || !existsSync(script)) throw new Error('tierlab does not know its own script');
  return script;
}
