import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { withoutValues } from './describe.ts';
import { timeHistogram } from '../measure/histogram.ts';
import type { TickRow } from '../measure/timeline.ts';
import { loadError } from '../options/errors.ts';
import { meanRate } from '../options/plan.ts';
import type { LoadModel, LoadPlan } from '../options/plan.ts';
import type { RunResult } from '../verdict/result.ts';
import type { Request } from '../workload/request.ts';
import type { WorkloadSpec } from '../workload/spec.ts';

/**
 * results.bin: the 8 bytes "TLLOAD2\n", then JSON in gzip (its checksum detects damage). Histograms are HdrHistogram
 * bytes in base64; buckets are lists of [bucket, count]. `planToKeep` says what is left out.
 */
const magic = 'TLLOAD2\n';

type StoredTick = [number, Omit<TickRow, 'latency'> & { latency: [number, number][] }];

export function encodeResult(run: RunResult): Buffer {
  const { latency, ticks, plan, ...rest } = run;
  const stored = {
    ...rest,
    plan: planToKeep(plan),
    ticks: ticks.map(([tick, row]) => [tick, { ...row, latency: [...row.latency] }] satisfies StoredTick),
    latency: Object.fromEntries(
      Object.entries(latency).map(([name, histogram]) => [name, Buffer.from(histogram.bytes()).toString('base64')]),
    ),
  };
  return Buffer.concat([Buffer.from(magic), gzipSync(JSON.stringify(stored))]);
}

/**
 * The part of a plan that a report needs. Fields are named one by one, so that a new field is kept only by decision.
 * Headers, bodies, certificates and the values of parameters may be secrets. Lists of words, requests and instants may
 * be large, and reports show only their lengths.
 */
function planToKeep(plan: LoadPlan): LoadPlan {
  const { target, model, durationMs, connections, workers, seed, precise, timeoutMs, check, sloMs, insecure } = plan;
  const kept = {
    target: { ...target, path: withoutValues(target.path) },
    durationMs,
    connections,
    workers,
    seed,
    precise,
    timeoutMs,
    check,
    sloMs,
    insecure,
  };
  return { ...kept, model: modelToKeep(model, durationMs), headers: [], workload: workloadToKeep(plan.workload) };
}

function modelToKeep(model: LoadModel, durationMs: number): LoadModel {
  if (model.kind === 'closed' || model.arrivals.kind !== 'recorded') return model;
  // Two instants replace the whole list. They have the same mean rate as the list.
  const rate = meanRate(model);
  return { ...model, arrivals: { kind: 'recorded', atMs: rate > 0 ? [0, 2000 / rate] : [0, durationMs] } };
}

function workloadToKeep(spec: WorkloadSpec): WorkloadSpec {
  const bare = ({ method, target, name }: Request): Request => ({ method, target: withoutValues(target), name });
  switch (spec.kind) {
    case 'url':
      return { kind: 'url', request: bare(spec.request) };
    case 'list':
      return { kind: 'list', requests: spec.requests.map(bare) };
    case 'scenario':
      return { kind: 'scenario', file: spec.file.split('/').at(-1) ?? '', words: [] };
    case 'mix':
      return { kind: 'mix', shares: spec.shares, words: spec.words, skew: spec.skew };
    case 'walk':
      return { kind: 'walk', thinkMs: spec.thinkMs, depth: spec.depth, words: spec.words, skew: spec.skew };
  }
}

/** Throws `bad_file` with a sentence when the bytes are no result of this version. */
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
        errors: histogram(stored.latency.errors),
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
