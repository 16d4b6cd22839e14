import type { OwnLimitCode } from '../client/connection.ts';
import { meanRate } from '../options/plan.ts';
import { ratePerSecond } from '../measure/measured.ts';
import type { MeasuredRun } from '../measure/measured.ts';
import type { RunResult } from './result.ts';

/** A run is not trusted beyond these limits; README.md has the reason for each. */
const validityLimits = {
  /** At least this share of the requests asked for must have been sent. */
  sent: 0.99,
  /** The generator's own lateness, p50 and p99: ms, or a share of the same latency percentile, whichever is larger. */
  ownP50Ms: 2,
  ownP99Ms: 20,
  ownShare: 0.1,
  /** Above this event-loop utilisation, the times are mostly the generator's own. */
  loop: 0.95,
  loopDelayP99Ms: 50,
  /** Share of the run in which a worker waited for a processor. */
  runDelay: 0.25,
  /** Share of the run with all connections in use and requests in line. */
  atCap: 0.5,
  /** Share of sessions that a mistake in the scenario ended. */
  broken: 0.01,
  /** The greatest relative difference of L and lambda*W (`littlesLaw`). */
  little: 0.2,
  /** With fewer answers than this, a 99th percentile means nothing. */
  least: 100,
} as const;

/** Decides whether the figures can be trusted. Returns the reasons against, and notes for the reader. */
export function validity(
  run: MeasuredRun,
): Pick<RunResult, 'valid' | 'reasons' | 'notes' | 'generatorAtFault' | 'advice'> {
  const { counts, latency, workers, plan, durationMs } = run;
  const reasons: string[] = [];
  let generatorAtFault = false;
  const blameGenerator = (reason: string): void => {
    generatorAtFault = true;
    reasons.push(reason);
  };
  let starved = false;
  const blameLoad = (reason: string): void => {
    starved = true;
    blameGenerator(reason);
  };
  const notes: string[] = [];
  const worst = (of: (worker: (typeof workers)[number]) => number) => Math.max(0, ...workers.map(of));
  const closed = plan.model.kind === 'closed';

  const atCap = shareAtCap(run);
  const capReached = atCap > validityLimits.atCap;

  if (run.ending.kind === 'worker-died') blameGenerator(`a worker process died during the run: ${run.ending.message}`);
  for (const reason of ownLimits(run)) blameGenerator(reason);
  const { started, broken, why } = run.sessions;
  const brokenText = `${broken} of ${started} sessions broke: ${why.join('; ')}`;
  const scenarioAtFault = broken > validityLimits.broken * started;
  if (scenarioAtFault) blameGenerator(brokenText);
  else if (broken > 0) notes.push(brokenText);
  // A worker that dies in the first half second leaves no counts. Then "no answer" says nothing about the server.
  const noAnswer = counts.done === 0 && run.ending.kind !== 'worker-died';
  if (noAnswer && counts.asked === 0) blameGenerator('no request was due');
  else if (noAnswer) reasons.push('no answer was received');

  const unsent = counts.asked - counts.sent;
  const intended = askedByPlan(run);
  const short = intended - counts.sent;
  const due = Math.max(intended, counts.asked);
  if (!closed && counts.sent < validityLimits.sent * due) {
    const reason =
      `only ${counts.sent} of ${due} requests were sent (${percent(counts.sent / due)}): the load was lower than ` +
      'asked';
    if (capReached || counts.done === 0) reasons.push(reason);
    else blameLoad(reason);
  } else if (unsent > 0 || (!closed && short > 1))
    notes.push(`${Math.max(unsent, short)} requests were not sent before the end`);

  if (!closed && counts.sent > 0) {
    const [ownP50, ownP99] = [latency.own.percentileMs(50), latency.own.percentileMs(99)];
    const { intended: seen } = latency;
    if (ownP50 > Math.max(validityLimits.ownP50Ms, validityLimits.ownShare * seen.percentileMs(50)))
      blameLoad(`the generator was late by ${ms(ownP50)} at the median: latencies contain its own delay`);
    else if (ownP99 > Math.max(validityLimits.ownP99Ms, validityLimits.ownShare * seen.percentileMs(99)))
      blameLoad(`the generator was late by ${ms(ownP99)} at the 99th percentile: the tail contains its own delay`);
  }
  if (worst((worker) => worker.loopUtilisation) > validityLimits.loop && !plan.precise)
    blameLoad(
      "the generator was starved: a worker's event loop was busy " +
        `${percent(worst((worker) => worker.loopUtilisation))} of the time; use more workers (-w) or a lower rate`,
    );
  if (worst((worker) => worker.loopDelayP99Ms) > validityLimits.loopDelayP99Ms)
    blameLoad(
      'the generator was starved: its event loop was held up by ' +
        `${ms(worst((worker) => worker.loopDelayP99Ms))} at the 99th percentile`,
    );
  const runDelay = worst((worker) => worker.runDelay ?? 0);
  if (runDelay > validityLimits.runDelay)
    blameLoad(
      `the generator was starved: it waited for a processor ${percent(runDelay)} of the time; this machine is too busy`,
    );
  else if (runDelay > validityLimits.runDelay / 4)
    notes.push(`the generator waited for a processor ${percent(runDelay)} of the time`);

  if (capReached)
    reasons.push(
      `all ${plan.connections} connections were in use ${percent(atCap)} of the time: their limit turned the open ` +
        'loop into a closed one; raise -c or lower the rate',
    );
  else if (!closed && run.waited > 0)
    notes.push(
      `requests that waited for a connection to open or to be free: ${run.waited}; their latency counts that wait`,
    );

  const little = littlesLaw(run);
  // The number in flight is sampled until the last arrival, but latencies last until the last answer. The longest
  // requests decide how much is cut off.
  const longestMs = Math.max(latency.sent.percentileMs(99), latency.errors.percentileMs(99));
  const edge = longestMs / Math.max(1, durationMs);
  if (
    little &&
    little.rateTimesLatency > 1 &&
    Math.abs(little.inFlight / little.rateTimesLatency - 1) > validityLimits.little + edge
  )
    blameGenerator(
      `L = ${little.inFlight.toFixed(1)} in flight does not equal lambda*W = ` +
        `${little.rateTimesLatency.toFixed(1)}: something was not measured`,
    );

  if (counts.done > 0 && counts.done < validityLimits.least)
    notes.push(`${counts.done} answers are too few for a 99th percentile`);
  const unanswered = workers.reduce((sum, worker) => sum + worker.unanswered, 0);
  if (unanswered > 0) notes.push(`${unanswered} requests were still unanswered at the end`);
  if (run.ending.kind === 'interrupted')
    notes.push(`interrupted after ${(durationMs / 1000).toFixed(1)} s: the figures cover the time until then`);
  if (counts.resent > 0)
    notes.push(
      `${counts.resent} requests were sent twice: the server closed an idle connection while they were on their way`,
    );
  const advice =
    noAnswer && counts.sent > 0
      ? `see why ${plan.target.origin} does not answer`
      : scenarioAtFault
        ? 'mend the scenario'
        : starved
          ? 'stop other programs, or ask for less (-R, -u)'
          : undefined;
  return {
    valid: reasons.length === 0,
    reasons,
    notes,
    generatorAtFault,
    advice: advice && `What to do: ${advice}, then measure again.`,
  };
}

/**
 * Whether all connections were in use for most of the run. The cause is either a server that is too slow, or a limit
 * that is too low for a healthy server. A conclusion about the server must tell the two apart.
 */
export function reachedCap(run: MeasuredRun): boolean {
  return shareAtCap(run) > validityLimits.atCap;
}

/**
 * Share of an open run with all connections in use and requests in line. A closed loop always uses all its connections.
 */
function shareAtCap({ plan, workers }: MeasuredRun): number {
  if (plan.model.kind === 'closed') return 0;
  return workers.reduce((sum, worker) => sum + worker.atCap, 0) / Math.max(1, workers.length);
}

/** Failures that this machine caused in the generator. A single one is enough: the server has not seen that request. */
function ownLimits({ codes, machine, plan }: MeasuredRun): string[] {
  const limit = machine.openFiles === undefined ? 'its limit' : `the ${machine.openFiles}`;
  const whats: Record<OwnLimitCode, string> = {
    no_files:
      `${limit} that a process may have (ulimit -n); raise that limit, ` +
      `or use fewer connections (${plan.connections} now)`,
    no_ports: 'the local ports to one address; use fewer connections, or a server that keeps them open',
    no_memory: 'the memory that the system has for sockets; use fewer connections',
  };
  const names: Record<OwnLimitCode, string> = {
    no_files: 'open files',
    no_ports: 'ports',
    no_memory: 'memory',
  };
  return (Object.keys(whats) as OwnLimitCode[])
    .filter((code) => (codes[code] ?? 0) > 0)
    .map((code) => `the generator ran out of ${names[code]} for ${codes[code]} requests. It used up ${whats[code]}`);
}

/** The least number of requests that the plan of a finished run asks for; 0 for other runs and for closed loops. */
function askedByPlan(run: MeasuredRun): number {
  const { model, durationMs } = run.plan;
  if (model.kind !== 'open' || run.ending.kind !== 'finished') return 0;
  if (model.arrivals.kind === 'recorded') return model.arrivals.atMs.filter((at) => at < durationMs).length;
  const expected = (meanRate(model) * durationMs) / 1000;
  // A random process may send fewer: 4 standard deviations of a Poisson count.
  return Math.floor(model.arrivals.kind === 'poisson' ? expected - 4 * Math.sqrt(expected) : expected);
}

/**
 * Little's law, L = lambda*W (Little 1961): the sampled number in flight, and the rate times the mean time in flight.
 */
export function littlesLaw(run: MeasuredRun): { inFlight: number; rateTimesLatency: number } | undefined {
  const { flight, workers, durationMs, counts } = run;
  if (counts.done === 0 || durationMs <= 0) return undefined;
  const inFlight = workers.reduce((sum, worker) => sum + worker.meanInFlight, 0);
  return { inFlight, rateTimesLatency: (ratePerSecond(flight.count, durationMs) * flight.meanMs) / 1000 };
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.1 ? 0 : 1)}%`;
}
