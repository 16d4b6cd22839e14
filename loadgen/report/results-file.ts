import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { timeHistogram } from '../measure/histogram.ts';
import type { TickRow } from '../measure/timeline.ts';
import { loadError } from '../options/errors.ts';
import type { RunResult } from '../verdict/result.ts';

/**
 * results.bin: the 8 bytes "TLLOAD1\n", then gzip (whose checksum guards it) of JSON. Histograms are HdrHistogram bytes in base64, buckets are
 * lists of [bucket, count]. Recorded arrivals, oracle words and certificates are not kept: the file holds figures, not inputs.
 */
const magic = 'TLLOAD1\n';

type StoredTick = [number, Omit<TickRow, 'latency'> & { latency: [number, number][] }];

export function encodeResult(run: RunResult): Buffer {
  const { latency, ticks, plan, ...rest } = run;
  const model =
    plan.model.kind === 'open' && plan.model.arrivals.kind === 'recorded'
      ? { ...plan.model, arrivals: { kind: 'recorded', atMs: [0, plan.durationMs] } }
      : plan.model;
  const stored = {
    ...rest,
    plan: { ...plan, model, headers: [], ca: undefined },
    ticks: ticks.map(([tick, row]) => [tick, { ...row, latency: [...row.latency] }] satisfies StoredTick),
    latency: Object.fromEntries(
      Object.entries(latency).map(([name, histogram]) => [name, Buffer.from(histogram.bytes()).toString('base64')]),
    ),
  };
  return Buffer.concat([Buffer.from(magic), gzipSync(JSON.stringify(stored))]);
}

/** Throws `bad_file` with a sentence when the bytes are not a result of this version. */
export function decodeResult(bytes: Buffer, name: string): RunResult {
  if (bytes.subarray(0, magic.length).toString('latin1') !== magic)
    throw loadError('bad_file', `${name} is not a results file of tierlab load`);
  try {
    const stored = JSON.parse(gunzipSync(bytes.subarray(magic.length)).toString('utf8')) as Omit<
      RunResult,
      'ticks' | 'latency'
    > & {
      ticks: StoredTick[];
      latency: Record<keyof RunResult['latency'], string>;
    };
    const histogram = (text: string) => timeHistogram(Buffer.from(text, 'base64'));
    return {
      ...stored,
      ticks: stored.ticks.map(([tick, row]) => [tick, { ...row, latency: new Map(row.latency) }]),
      latency: {
        intended: histogram(stored.latency.intended),
        sent: histogram(stored.latency.sent),
        lateness: histogram(stored.latency.lateness),
        own: histogram(stored.latency.own),
      },
    };
  } catch (error) {
    throw loadError('bad_file', `${name} is damaged and cannot be read`, error);
  }
}

export async function writeResult(path: string, run: RunResult): Promise<void> {
  await writeFile(path, encodeResult(run)).catch((error: unknown) => {
    throw loadError('bad_file', `the results cannot be written to ${path}`, error);
  });
}

export async function readResult(path: string): Promise<RunResult> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw loadError('bad_file', `there is no readable file ${path}`, error);
  });
  return decodeResult(bytes, path);
}
