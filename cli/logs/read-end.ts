import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface End {
  /** Complete lines, oldest first. */
  readonly lines: readonly string[];
  /** The file has older lines that were not read. */
  readonly cut: boolean;
  /** Where reading can go on: after the last complete line, bytes. */
  readonly offset: number;
}

/** Reads at most the last `maxBytes` of a file, however large it is. */
export function readEnd(file: string, maxBytes: number): End {
  return read(file, maxBytes, undefined);
}

/** Reads what was added after `offset`; from the start where the file has become shorter since. */
export function readFrom(file: string, offset: number, maxBytes: number): End {
  return read(file, maxBytes, offset);
}

function read(file: string, maxBytes: number, offset: number | undefined): End {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const start = offset === undefined ? Math.max(0, size - maxBytes) : offset > size ? 0 : offset;
    const buffer = Buffer.alloc(Math.min(maxBytes, size - start));
    const bytes = readSync(descriptor, buffer, 0, buffer.length, start);
    const content = buffer.subarray(0, bytes);
    // Without an offset, reading may start in the middle of a line. The rest of this line is left out.
    const cut = offset === undefined && start > 0;
    const first = cut ? content.indexOf(0x0a) + 1 : 0;
    const last = content.lastIndexOf(0x0a) + 1;
    if (last <= first) return { lines: [], cut, offset: start + (bytes === maxBytes ? bytes : 0) };
    const lines = content.toString('utf8', first, last - 1).split('\n');
    return { lines, cut, offset: start + last };
  } finally {
    closeSync(descriptor);
  }
}
