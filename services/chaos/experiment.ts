import Type, { type Static } from 'typebox';
import { parse as parseYaml } from 'yaml';
import { checked } from '../../shared/faults/checked-schema.ts';
import { AbortIf, FaultRequest, maxTtlMs, type Fault } from '../../shared/faults/envelope.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { parseRequest, victimsOf, type ParsedRequest } from './request.ts';
import { casualtiesOf } from './safety.ts';
import { occurrences, Schedule } from './schedule.ts';
import type { Target } from './select.ts';
import { Hypothesis } from './steady.ts';

const strict = { additionalProperties: false };

/**
 * A file of chaos/experiments: its faults with their times, the hypotheses before, during and after, and the abort
 * limits.
 */
export const Experiment = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }),
    summary: Type.String({ minLength: 1 }),
    seed: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 1 }),
    /** From the first to the last moment at which a fault may begin. */
    durationMs: Type.Number({ minimum: 1, maximum: 86_400_000 }),
    steadyState: Type.Object(
      {
        before: Hypothesis,
        /** Absent: the experiment expects nothing while faults are in effect. */
        during: Type.Optional(Hypothesis),
        after: Hypothesis,
        /** How long the steady state is watched before the first fault. */
        watchMs: Type.Number({ minimum: 100, maximum: 600_000, default: 3_000 }),
        /** How long the cluster may take to become steady again. */
        recoverMs: Type.Number({ minimum: 0, maximum: 600_000, default: 10_000 }),
      },
      strict,
    ),
    abortIf: Type.Object(AbortIf.properties, { ...strict, default: {} }),
    faults: Type.Array(Type.Object({ when: Schedule, fault: Type.Omit(FaultRequest, ['id', 'startAt']) }, strict), {
      minItems: 1,
      maxItems: 100,
    }),
  },
  strict,
);
export type Experiment = Static<typeof Experiment>;

/** YAML or JSON text as an experiment. Throws `bad_request` with a sentence that names the field. */
export function parseExperiment(text: string): Experiment {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new RpcError('bad_request', `experiment: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof value !== 'object' || value === null) throw new RpcError('bad_request', 'experiment: must be an object');
  for (const { fault } of arrayOf(value, 'faults')) parseRequest(fault);
  return checked(Experiment, value, 'experiment');
}

function arrayOf(value: object, member: string): { fault?: unknown }[] {
  const found = (value as Record<string, unknown>)[member];
  return Array.isArray(found) ? found.filter((item): item is object => typeof item === 'object' && item !== null) : [];
}

/** One injection of an experiment: the same fault at all its victims. */
export interface Injection {
  readonly at: number;
  readonly id: string;
  /** At least one. */
  readonly faults: readonly Omit<Fault, 'owner'>[];
  readonly casualties: readonly string[];
  readonly beyondTolerance: boolean;
}

/** Pure: all injections of the experiment, in order. A dry run shows them; a real run carries them out. */
export function planExperiment(experiment: Experiment, nodes: readonly Target[]): Injection[] {
  const planned = experiment.faults.flatMap(({ when, fault }, i) => {
    const seed = fault.seed ?? experiment.seed + i;
    const request = parseRequest({ ...fault, seed });
    const victims = victimsOf(request, nodes);
    return occurrences(when, seed, experiment.durationMs, victims).map(({ at, victim, repairMs }, n) => {
      const hit = victim === undefined ? victims : [victim];
      const asDrawn = repairMs !== undefined && request.kind === 'stop.kill';
      const params = asDrawn ? { ...request.params, downMs: Math.min(repairMs, maxTtlMs) } : request.params;
      const ttlMs = asDrawn ? Math.min(maxTtlMs, Math.ceil(repairMs) + request.ttlMs) : request.ttlMs;
      return { at, ...injectionOf({ ...request, params, ttlMs }, `${experiment.name}-${i + 1}-${n + 1}`, hit) };
    });
  });
  return planned.sort((a, b) => a.at - b.at);
}

export function injectionOf(request: ParsedRequest, id: string, victims: readonly string[]): Omit<Injection, 'at'> {
  const { beyondTolerance, target: _, named: __, seed = 0, ...common } = request;
  return {
    id,
    beyondTolerance,
    casualties: casualtiesOf(request, victims),
    faults: victims.map((target) => ({ ...common, id, seed, target })),
  };
}
