import { closeSync, openSync, readSync } from 'node:fs';

/** One line without its end. `tooLong` = it was longer than allowed, and `bytes` is empty. */
export interface Line {
  /** The line number, from 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly tooLong: boolean;
  /** Where the next line starts, in bytes from the start of the file. Callers show it as progress. */
  readonly end: number;
}

const chunkBytes = 1 << 18;

/**
 * The lines of a file. It is read in chunks, so that a huge file or a huge line does not fill memory. `bytes` may be a
 * view of the read buffer: it is valid until the next line is read. The last line needs no line end. `\r\n` ends a
 * line, too.
 */
export function* readLines(file: string, maxLineBytes = Infinity): Generator<Line> {
  const handle = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let carried: Buffer[] = [];
    let carriedBytes = 0;
    let number = 0;
    let chunkStart = 0;
    const line = (tail: Buffer, end: number): Line => {
      const tooLong = carriedBytes + tail.length > maxLineBytes;
      const whole = carried.length === 0 ? tail : Buffer.concat([...carried, tail]);
      const bytes = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole;
      carried = [];
      carriedBytes = 0;
      number++;
      return { number, bytes: tooLong ? bytes.subarray(0, 0) : bytes, tooLong, end };
    };
    for (;;) {
      const filled = readSync(handle, chunk, 0, chunkBytes, null);
      if (filled === 0) break;
      let start = 0;
      for (;;) {
        const newline = chunk.indexOf(lineFeed, start);
        if (newline === -1 || newline >= filled) break;
        yield line(chunk.subarray(start, newline), chunkStart + newline + 1);
        start = newline + 1;
      }
      // The bytes of a line that is too long are counted, but not kept.
      if (start < filled && carriedBytes <= maxLineBytes) carried.push(Buffer.from(chunk.subarray(start, filled)));
      else if (start < filled) carried = [];
      carriedBytes += filled - start;
      chunkStart += filled;
    }
    if (carriedBytes > 0) yield line(Buffer.alloc(0), chunkStart);
  } finally {
    closeSync(handle);
  }
}

const lineFeed = 10;
const carriageReturn = 13;
