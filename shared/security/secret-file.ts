import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createFile } from '../durable.ts';
import { makeFolder } from '../make-folder.ts';

const keyBytes = 32;

/** A secret of 32 bytes in a file: made on first use, readable by this user only. */
export function secretFile(file: string): Uint8Array {
  return readKey(file) ?? createKey(file);
}

/** Undefined if there is no such file; throws if the file is damaged. */
function readKey(file: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${file} is damaged: it must hold 64 hexadecimal digits.`);
  return Buffer.from(text, 'hex');
}

function createKey(file: string): Uint8Array {
  makeFolder(path.dirname(file), 0o700);
  // If another process was faster, its key stays, and the code below reads it.
  createFile(file, `${randomBytes(keyBytes).toString('hex')}\n`, 0o600);
  const key = readKey(file);
  if (key === undefined) throw new Error(`${file} vanished while it was being made.`);
  return key;
}
