import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { hash32 } from '../../../shared/time/random.ts';
import { analyse } from '../../../search/text/analysis.ts';
import { syncFolder } from '../../../shared/durable.ts';
import { valueGap } from './builder.ts';
import { segmentArrays, type Segment } from './segment.ts';

/** Increase it with every change of a segment's layout. */
const formatVersion = 4;
/**
 * "TLIX" as a 32-bit number in the byte order of the machine. A file from a machine with the other byte order does not
 * match.
 */
const magic = 0x58494c54;
/**
 * The size of the fixed part: magic, formatVersion, checksum of everything after the fixed part, size of the
 * description.
 */
const fixedBytes = 16;

interface Description {
  readonly documents: number;
  /** The version of the store from which the index was built. */
  readonly source: string;
  /** The fingerprint of the analysis that read the pages. */
  readonly analysis: number;
  /** Elements of each array, in the order of `segmentArrays`. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Why a checkpoint was not used. */
export const refusals = ['missing', 'truncated', 'corrupt', 'other-format', 'stale'] as const;
export type Refusal = (typeof refusals)[number];
export type Loaded =
  | { readonly ok: true; readonly segment: Segment }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Writes a temporary file, syncs it and renames it, so a crash leaves the old checkpoint or the new one. Several
 * processes may save at the same time.
 */
export function saveCheckpoint(
  file: string,
  segment: Segment,
  source: string,
  sync: (handle: number) => void = fsyncSync,
): void {
  const names = Object.keys(segmentArrays) as (keyof typeof segmentArrays)[];
  const description: Description = {
    documents: segment.documents,
    source,
    analysis: analysisFingerprint(),
    sizes: Object.fromEntries(names.map((name) => [name, segment[name].length])),
  };
  // Padding with spaces makes the arrays start at a multiple of 8.
  const text = JSON.stringify(description);
  const described = Buffer.from(text + ' '.repeat(padding(Buffer.byteLength(text))));
  const parts = [described, ...names.flatMap((name) => bytesOf(segment[name]))];
  const checksum = parts.reduce((crc, part) => crc32(part, crc), 0);
  const fixed = new Uint32Array([magic, formatVersion, checksum, described.length]);

  const partial = `${file}.${process.pid}.partial`;
  const handle = openSync(partial, 'w');
  try {
    for (const part of [new Uint8Array(fixed.buffer), ...parts]) writeAll(handle, part);
    sync(handle);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(partial, file);
  syncFolder(dirname(file));
}

/**
 * Loads the segment if the file is complete, has this format, and was built from `source` with this program's analysis.
 */
export function loadCheckpoint(file: string, source: string): Loaded {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = readAligned(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ok: false, refusal: 'missing' };
    throw error;
  }
  if (bytes.length < fixedBytes) return { ok: false, refusal: 'truncated' };
  const [foundMagic, foundVersion, checksum, describedBytes] = new Uint32Array(
    bytes.buffer,
    0,
    4,
  ) as unknown as number[];
  if (foundMagic !== magic || foundVersion !== formatVersion) return { ok: false, refusal: 'other-format' };
  if (crc32(bytes.subarray(fixedBytes)) !== checksum) return { ok: false, refusal: 'corrupt' };
  const text = Buffer.from(bytes.buffer, fixedBytes, describedBytes).toString();
  const description = JSON.parse(text) as Description;
  if (description.source !== source || description.analysis !== analysisFingerprint())
    return { ok: false, refusal: 'stale' };

  let offset = fixedBytes + describedBytes!;
  const arrays = Object.entries(segmentArrays).map(([name, type]) => {
    const array = new type(bytes.buffer, offset, description.sizes[name]);
    offset += array.byteLength + padding(array.byteLength);
    return [name, array];
  });
  return {
    ok: true,
    segment: { documents: description.documents, ...(Object.fromEntries(arrays) as Omit<Segment, 'documents'>) },
  };
}

/**
 * A fingerprint of the analysis. It changes when the analysis makes other terms from the same text. An index that was
 * built with another analysis would miss matches.
 */
function analysisFingerprint(): number {
  return hash32(
    JSON.stringify([
      valueGap,
      analyse(
        "The owners' café-dogs weren't running, 3.14 naïve TAX-es 東京都 ไทย 🐕‍🦺 don’t generalizations\n" +
          'Łódź Straße so\u00ADft Αθήνας Ёлка أحمد שָׁלוֹם ٣ ทำ paral·lel',
      ),
    ]),
  );
}

function readAligned(file: string): Uint8Array<ArrayBuffer> {
  const read = readFileSync(file);
  // Typed arrays need an aligned buffer. Node.js reads a small file into a slice of a pool, at any offset.
  return read.byteOffset === 0 ? read : new Uint8Array(read);
}

function bytesOf(array: ArrayBufferView): Uint8Array[] {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const missing = padding(bytes.length);
  return missing === 0 ? [bytes] : [bytes, new Uint8Array(missing)];
}

function padding(bytes: number): number {
  return (8 - (bytes % 8)) % 8;
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}
