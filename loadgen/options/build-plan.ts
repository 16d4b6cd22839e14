import { defaultPortBase, portBases } from '../../shared/cluster/ports.ts';
import { constantStages } from '../schedule/profile.ts';
import { parseRecorded } from '../schedule/recorded.ts';
import { parseThreshold } from '../verdict/thresholds.ts';
import type { Threshold } from '../verdict/thresholds.ts';
import { bounds } from './cli-options.ts';
import type { RunFlags } from './cli-options.ts';
import { loadError } from './errors.ts';
import { meanRate } from './plan.ts';
import type { Arrivals, CheckLevel, LoadModel, LoadPlan, Think } from './plan.ts';
import { parseInteger, parseDuration, parseHeader, parseRate, parseStages } from './quantities.ts';
import { refuseIdle } from './idle-options.ts';
import { readText } from './read-text.ts';
import { parseTarget, requireAllowed } from './target.ts';
import { buildWorkload } from './workload-options.ts';

/** The first gateway is this far above the cluster's port base (shared/cluster/ports.ts). */
const gatewayOffset = 1000;
/**
 * Requests per second for each worker: a cautious choice. The pacer alone was 0.12 ms late at the median at this rate
 * on two busy cores. The limit of a whole worker has not been measured.
 */
const ratePerWorker = 8000;

/**
 * Reads all options of a run, or throws. The errors `bad_argument`, `bad_file` and `host_not_allowed` have a sentence
 * that names the option. `cores` decides `-w auto`.
 */
export async function buildPlan(
  url: string | undefined,
  flags: RunFlags,
  cores: number,
): Promise<{ plan: LoadPlan; thresholds: Threshold[] }> {
  const { least, most } = portBases;
  const base = parseInteger(flags.portBase ?? String(defaultPortBase), '--port-base', least, most);
  const target = parseTarget(url ?? `http://127.0.0.1:${base + gatewayOffset}`);
  requireAllowed(target, flags.allowHost ?? []);
  refuseIdle(url !== undefined, flags);
  const workload = await buildWorkload(target, url !== undefined, flags);
  const sessions = workload.kind === 'walk' || workload.kind === 'scenario';
  const { model, durationMs } = await buildModel(flags, sessions);
  const connections =
    flags.connections === undefined
      ? defaultConnections(model)
      : parseInteger(flags.connections, '-c', 1, bounds.connections);
  const rate = meanRate(model);
  const peak = model.kind === 'closed' ? 0 : Math.max(rate, ...model.stages.map((stage) => stage.ratePerSecond));
  if (!flags.long && peak > bounds.ratePerSecond)
    throw loadError('bad_argument', `${peak}/s is more than ${bounds.ratePerSecond}/s: add --long if you mean it`);
  if (!flags.long && durationMs > bounds.durationMs)
    throw loadError('bad_argument', 'the run is longer than 10 minutes: add --long if you mean it');
  const thresholds = (flags.threshold ?? []).map(parseThreshold);
  const plan: LoadPlan = {
    target,
    model,
    durationMs,
    connections,
    workers: workersFor(flags.workers, model, peak, cores, connections),
    seed: flags.seed ?? '1',
    precise: flags.precise ?? false,
    timeoutMs: atLeast(parseDuration(flags.timeout ?? '10s', '--timeout'), 1, '--timeout'),
    headers: (flags.header ?? []).map(parseHeader),
    workload,
    check: checkLevel(flags),
    sloMs: sloOf(flags, thresholds),
    insecure: flags.insecure ?? false,
    ...(flags.ca === undefined ? {} : { ca: await readText(flags.ca, '--ca') }),
  };
  return { plan, thresholds };
}

async function buildModel(flags: RunFlags, sessions: boolean): Promise<{ model: LoadModel; durationMs: number }> {
  const given = [
    flags.rate !== undefined && '--rate',
    flags.stages !== undefined && '--stages',
    flags.recorded !== undefined && '--recorded',
    flags.users !== undefined && '--users',
  ].filter(Boolean);
  if (given.length > 1)
    throw loadError('bad_argument', `${given.join(' and ')} exclude each other: they each say when requests are due`);
  const asked = flags.duration === undefined ? undefined : atLeast(parseDuration(flags.duration, '-d'), 1, '-d');
  const kind = sessions ? 'partly-open' : 'open';
  if (flags.stages !== undefined) {
    if (asked !== undefined)
      throw loadError('bad_argument', '-d and --stages exclude each other: stages carry their own durations');
    const stages = parseStages(flags.stages);
    const durationMs = stages.reduce((sum, stage) => sum + stage.durationMs, 0);
    if (durationMs <= 0) throw loadError('bad_argument', 'the stages have no duration');
    return { model: { kind, stages, arrivals: parseArrivals(flags.arrivals) }, durationMs };
  }
  if (flags.recorded !== undefined) {
    const speed = flags.speed === undefined ? 1 : Number(flags.speed);
    if (!(speed > 0)) throw loadError('bad_argument', `--speed must be a number above 0, not "${flags.speed}"`);
    const atMs = parseRecorded(await readText(flags.recorded, '--recorded'), speed);
    return {
      model: { kind, stages: [], arrivals: { kind: 'recorded', atMs } },
      durationMs: asked ?? (atMs.at(-1) ?? 0) + 1,
    };
  }
  const durationMs = asked ?? 10_000;
  if (flags.rate !== undefined) {
    const rate = parseRate(flags.rate, '-R');
    if (!(rate > 0)) throw loadError('bad_argument', '--rate must be above 0');
    return {
      model: { kind, stages: constantStages(rate, durationMs), arrivals: parseArrivals(flags.arrivals) },
      durationMs,
    };
  }
  if (flags.arrivals !== undefined) throw loadError('bad_argument', '--arrivals needs a rate: add -R or --stages');
  const users = flags.users ?? flags.connections;
  return {
    model: {
      kind: 'closed',
      users: users === undefined ? 10 : parseInteger(users, flags.users ? '--users' : '-c', 1, bounds.connections),
      thinkMs: parseThink(flags.think),
    },
    durationMs,
  };
}

function parseArrivals(text: string | undefined): Arrivals {
  if (text === undefined || text === 'constant') return { kind: 'constant' };
  if (text === 'poisson') return { kind: 'poisson' };
  const burst = /^burst(?::(\d+))?$/.exec(text);
  if (burst) return { kind: 'burst', size: parseInteger(burst[1] ?? '10', '--arrivals burst:N', 1, 100_000) };
  throw loadError('bad_argument', `--arrivals must be constant, poisson or burst:N, not "${text}"`);
}

/** "2s" is fixed, "~2s" exponential with that mean. */
function parseThink(text: string | undefined): Think {
  if (text === undefined) return { kind: 'none' };
  if (text.startsWith('~')) return { kind: 'exponential', meanMs: parseDuration(text.slice(1), '--think') };
  return { kind: 'fixed', ms: parseDuration(text, '--think') };
}

/**
 * Closed model: one connection per user. Open model: enough connections that a stall of some hundred ms does not turn
 * the loop into a closed one, and few enough for any listener's backlog.
 */
function defaultConnections(model: LoadModel): number {
  return model.kind === 'closed' ? model.users : 256;
}

function workersFor(
  text: string | undefined,
  model: LoadModel,
  peak: number,
  cores: number,
  connections: number,
): number {
  if (text !== undefined && text !== 'auto') return Math.min(parseInteger(text, '-w', 1, bounds.workers), connections);
  // The target usually runs on this machine too, so half of the cores are left to it.
  const most = Math.max(1, Math.min(Math.floor(cores / 2), connections));
  return model.kind === 'closed'
    ? Math.min(most, Math.ceil(connections / 64))
    : Math.min(most, Math.max(1, Math.ceil(peak / ratePerWorker)));
}

function checkLevel(flags: RunFlags): CheckLevel {
  if (flags.verify !== undefined && flags.verify !== false) return 'content';
  const level = flags.check ?? 'schema';
  if (level !== 'none' && level !== 'status' && level !== 'schema')
    throw loadError(
      'bad_argument',
      `--check must be none, status or schema, not "${level}" (for content see --verify)`,
    );
  return level;
}

/** `--slo`, as a duration or as a threshold on times; else the tightest "<" threshold on latency; else one second. */
function sloOf(flags: RunFlags, thresholds: readonly Threshold[]): number {
  if (flags.slo !== undefined)
    return /^[\d.]/.test(flags.slo)
      ? atLeast(parseDuration(flags.slo, '--slo'), 0.001, '--slo')
      : parseThreshold(flags.slo).limit;
  const limits = thresholds
    .filter((t) => t.unit === 'ms' && t.operator.startsWith('<') && t.metric.startsWith('p'))
    .map((t) => t.limit);
  return limits.length > 0 ? Math.min(...limits) : 1000;
}

function atLeast(ms: number, least: number, option: string): number {
  if (!(ms >= least)) throw loadError('bad_argument', `${option} must be at least ${least} ms`);
  return ms;
}
