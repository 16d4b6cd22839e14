/** A file in an archive. */
export interface Entry {
  /** At most 100 bytes. */
  readonly name: string;
  readonly text: string;
}

const blockBytes = 512;

/** An archive in the format ustar (POSIX.1-1988), which every tar reads. `changedAt`: of all files, wall-clock ms. */
export function tar(entries: readonly Entry[], changedAt: number): Buffer {
  const blocks = entries.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    return [header(name, content.length, changedAt), content, Buffer.alloc(-content.length & (blockBytes - 1))];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

/** Numbers are octal digits and a NUL; the checksum is that of the header with blanks in the checksum's place. */
function header(name: string, bytes: number, changedAt: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`the name ${name} is too long for a tar archive`);
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => `${Math.floor(value).toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o600, 7), 100);
  block.write(octal(0, 7) + octal(0, 7), 108);
  block.write(octal(bytes, 11) + octal(changedAt / 1_000, 11), 124);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, 148);
  return block;
}
