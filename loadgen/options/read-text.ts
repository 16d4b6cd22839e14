import { readFile } from 'node:fs/promises';
import { loadError } from './errors.ts';

/** The file that an option names. */
export async function readText(path: string, option: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw loadError('bad_file', `${option}: the file ${path} cannot be read`, error);
  });
}
