import Type, { type Static } from 'typebox';
import { RpcError } from '../rpc/errors.ts';
import { checked } from './checked-schema.ts';

/** 15 minutes: long enough for any lab, and short enough that a forgotten fault ends before the next lab. */
export const maxTtlMs = 900_000;

export const PlainName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' });

/** The requests that the fault affects. An absent caller or operation matches all. */
export const Scope = Type.Object(
  {
    /** The node that calls. */
    caller: Type.Optional(PlainName),
    /** `rank`, or with its component `ranking.rank`. */
    operation: Type.Optional(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*([.][A-Za-z0-9-]+)?$', maxLength: 80 })),
    /** The messages that net.drop, net.delay and net.reset hit; absent = requests. */
    direction: Type.Optional(Type.Enum(['request', 'reply'])),
  },
  { additionalProperties: false },
);
export type Scope = Static<typeof Scope>;

/**
 * The limits at which the controller stops the fault by itself. On by default; services/chaos/steady.ts measures the
 * values.
 */
export const AbortIf = Type.Object(
  {
    errorShareAbove: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    p90AboveMs: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false },
);
export type AbortIf = Static<typeof AbortIf>;

const seedRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const Seed = Type.Integer(seedRange);

const common = {
  kind: Type.String({ pattern: '^[a-z]+([.][a-z]+)?$', maxLength: 40 }),
  scope: Type.Object(Scope.properties, { additionalProperties: false, default: {} }),
  /** The share of matching requests that is hit; 0 = none. */
  probability: Type.Number({ minimum: 0, maximum: 1, default: 1 }),
  /** ms after the target accepted the fault. Relative, because the clocks of two machines are never compared. */
  startAt: Type.Number({ minimum: 0, maximum: maxTtlMs, default: 0 }),
  /** ms from its beginning to its end, on the target's monotonic clock. Mandatory. */
  ttlMs: Type.Integer({ minimum: 1, maximum: maxTtlMs }),
  params: Type.Record(Type.String(), Type.Unknown(), { default: {} }),
  abortIf: Type.Optional(AbortIf),
};

/** One fault at one target, as a node or a watchdog gets it. All victims of one injection share `id`. */
export const Fault = Type.Object(
  {
    id: PlainName,
    ...common,
    /** The node that is to be broken. */
    target: PlainName,
    seed: Type.Integer({ ...seedRange, default: 0 }),
    /** The holder of the lease: when it stops renewing the lease, the fault heals. */
    owner: PlainName,
  },
  { additionalProperties: false },
);
export type Fault = Static<typeof Fault>;

/**
 * Selects the nodes for which all conditions hold. A selector without any condition is an error; it does not mean all
 * nodes.
 */
export const Selector = Type.Object(
  {
    nodes: Type.Optional(Type.Array(PlainName, { minItems: 1 })),
    group: Type.Optional(PlainName),
    component: Type.Optional(PlainName),
    shard: Type.Optional(Type.Integer({ minimum: 1 })),
    /** The number of matching nodes to pick; drawn from the seed. */
    pick: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type Selector = Static<typeof Selector>;

/**
 * A request of a person or an experiment to the controller. The controller picks the targets, and the id and seed if
 * they are absent. It holds the lease.
 */
export const FaultRequest = Type.Object(
  {
    id: Type.Optional(PlainName),
    ...common,
    /** A node, or a selector. It may be absent only if the parameters of the kind name the nodes. */
    target: Type.Optional(Type.Union([PlainName, Selector])),
    /** No default: an experiment derives the seeds of its faults from its own seed. */
    seed: Type.Optional(Seed),
    /** Allows more than one fault at a time, and more victims of a replica group than it tolerates (tolerated.ts). */
    beyondTolerance: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
);
export type FaultRequest = Static<typeof FaultRequest>;

/** Throws `bad_request` with a sentence. The kind and its parameters are checked by the registry, which knows them. */
export function parseFault(value: unknown): Fault {
  requireTtl(value);
  return checked(Fault, value, 'fault');
}

/** As `parseFault`, for requests to the controller; a target comes back as a selector with at least one condition. */
export function parseFaultRequest(value: unknown): FaultRequest & { target: Selector | undefined } {
  requireTtl(value);
  const target = object(value).target;
  if (target === '') throw new RpcError('bad_request', targetNeeded);
  if (typeof target === 'object') checked(Selector, target, 'fault target');
  const request = checked(FaultRequest, value, 'fault');
  const selector = typeof request.target === 'string' ? { nodes: [request.target] } : request.target;
  if (selector === undefined) return { ...request, target: undefined };
  if (selector.nodes === undefined && selector.group === undefined && selector.component === undefined)
    throw new RpcError('bad_request', 'fault: target has no condition; name nodes, a group or a component');
  return { ...request, target: selector };
}

export const targetNeeded = 'fault: target must name a node, group or component';

function requireTtl(value: unknown): void {
  if (object(value).ttlMs === undefined)
    throw new RpcError(
      'bad_request',
      `fault: ttlMs is mandatory (1 to ${maxTtlMs}): no fault may outlive its experiment`,
    );
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RpcError('bad_request', 'fault: must be an object');
  return value as Record<string, unknown>;
}
