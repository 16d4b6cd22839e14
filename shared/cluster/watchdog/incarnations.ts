import { readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../durable.ts';
import { makeFolder } from '../../make-folder.ts';

/**
 * How many numbers one write reserves. 21 nodes then start with one fsync. When a watchdog dies, at most this many
 * numbers are skipped.
 */
const blockSize = 64;

/**
 * Hands out incarnations: each number once, and each greater than all earlier numbers, whatever happens to the watchdog
 * or to any clock. `file` holds the largest number that may have been handed out. Throws where the file cannot be read
 * or is damaged. If the file cannot be written (a full disk), numbers still grow within the life of this watchdog, and
 * `onTrouble` gets the reason, once.
 */
export function openIncarnations(file: string, onTrouble: (text: string) => void): () => number {
  let last = readLast(file);
  let reserved = last;
  let reported = false;

  function reserve(): void {
    try {
      makeFolder(path.dirname(file), 0o700);
      replaceFile(file, `${last + blockSize}\n`, 0o600);
      reserved = last + blockSize;
    } catch (error) {
      if (!reported)
        onTrouble(`${file} cannot be written, so a restarted watchdog may repeat incarnations: ${String(error)}`);
      reported = true;
    }
  }

  return () => {
    if (last >= reserved) reserve();
    return ++last;
  };
}

function readLast(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  const last = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(last))
    throw new Error(
      `${file} is damaged: it must hold the last incarnation, a whole number. Delete it while no node runs.`,
    );
  return last;
}
