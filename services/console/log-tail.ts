import { open } from 'node:fs/promises';

/** The end of a log that is read, bytes. */
const tailBytes = 48 * 1024;
const maxLines = 60;

/** The last lines of a log file, oldest first; none where there is no file. */
export async function lastLines(file: string): Promise<readonly string[]> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(tailBytes), position: from });
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first line may be cut.
    return (from === 0 ? lines : lines.slice(1)).filter((line) => line !== '').slice(-maxLines);
  } finally {
    await handle.close();
  }
}
