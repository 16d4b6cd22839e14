import Type, { type Static } from 'typebox';
import { RpcError } from '../rpc/errors.ts';
import { checked } from './check.ts';

/** Long enough for any lab, short enough that a forgotten fault is gone before the next one: 15 minutes. */
export const maxTtlMs = 900_000;

export const FaultName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' });

/** Which requests are meant; an absent member means any. */
export const Scope = Type.Object(
  {
    /** The node that calls. */
    caller: Type.Optional(FaultName),
    /** `rank`, or with its component `ranking.rank`. */
    operation: Type.Optional(Type.String({ pattern: '^[a-z][A-Za-z0-9-]*([.][A-Za-z0-9-]+)?$', maxLength: 80 })),
    /** One leg of the way only: of use for network faults. */
    direction: Type.Optional(Type.Enum(['request', 'reply'])),
  },
  { additionalProperties: false },
);
export type Scope = Static<typeof Scope>;

/** When the controller stops the fault by itself. On by default; see services/chaos/steady.ts for what is measured. */
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
  /** The share of matching requests that is hit; 0 does nothing at all. */
  probability: Type.Number({ minimum: 0, maximum: 1, default: 1 }),
  /** ms after the target accepted it. Relative, because the clocks of two machines are never compared. */
  startAt: Type.Number({ minimum: 0, maximum: maxTtlMs, default: 0 }),
  /** ms from its beginning to its end, on the target's monotonic clock. Mandatory. */
  ttlMs: Type.Integer({ minimum: 1, maximum: maxTtlMs }),
  params: Type.Record(Type.String(), Type.Unknown(), { default: {} }),
  abortIf: Type.Optional(AbortIf),
};

/** One fault at one target: what a node or a watchdog is given. All victims of one injection share `id`. */
export const Fault = Type.Object(
  {
    id: FaultName,
    ...common,
    /** The node that is to be broken. */
    target: FaultName,
    seed: Type.Integer({ ...seedRange, default: 0 }),
    /** Who holds the lease: when it stops renewing, the fault heals. */
    owner: FaultName,
  },
  { additionalProperties: false },
);
export type Fault = Static<typeof Fault>;

/** Who is meant: all conditions hold at once. Not one condition is an error, not everybody. */
export const Selector = Type.Object(
  {
    nodes: Type.Optional(Type.Array(FaultName, { minItems: 1 })),
    group: Type.Optional(FaultName),
    component: Type.Optional(FaultName),
    shard: Type.Optional(Type.Integer({ minimum: 1 })),
    /** So many of those that match, drawn from the seed. */
    pick: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type Selector = Static<typeof Selector>;

/**
 * What a person or an experiment asks the controller for; it picks the victims, id and seed where absent, and owns the
 * lease.
 */
export const FaultRequest = Type.Object(
  {
    id: Type.Optional(FaultName),
    ...common,
    /** A node, or a selector. */
    target: Type.Union([FaultName, Selector]),
    /** No default: an experiment derives its own. */
    seed: Type.Optional(Seed),
    /** Allows more than one fault at a time, and more than f victims of a replica group. */
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

/** As `parseFault`, for what people send; the target always comes back as a selector with at least one condition. */
export function parseFaultRequest(value: unknown): FaultRequest & { target: Selector } {
  requireTtl(value);
  const target = object(value).target;
  if (target === undefined || target === '')
    throw new RpcError('bad_request', 'fault: target must name a node, group or component');
  if (typeof target === 'object') checked(Selector, target, 'fault target');
  const request = checked(FaultRequest, value, 'fault');
  const selector = typeof request.target === 'string' ? { nodes: [request.target] } : request.target;
  if (selector.nodes === undefined && selector.group === undefined && selector.component === undefined)
    throw new RpcError('bad_request', 'fault: target selects nobody in particular; name nodes, a group or a component');
  return { ...request, target: selector };
}

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
