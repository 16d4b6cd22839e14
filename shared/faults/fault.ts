import Type, { type Static, type TSchema } from 'typebox';
import type { Call, Layer } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Fault } from './envelope.ts';
import type { Plan } from './plan.ts';

/**
 * What a fault can do, and where. A kind implements one of these hooks, mostly; it knows nothing of the others.
 *
 *      caller's node                         target node                                     its watchdog
 *   +-------------------+             +------------------------------------------------+   +--------------+
 *   | layers            |   request   |  listener --> edge --> layers --> serve        |   |              |
 *   |   edge ---------- transport ------> refuse                            handler    |   |   plan       |
 *   |                   |    reply    |     body <---- edge <---------------+          |<--|   kill, stop |
 *   +-------------------+             |  clock: skew    disk: fsyncMs   main loop: burn|   |   start ...  |
 *                                     +------------------------------------------------+   +--------------+
 *
 * Each hook is called once, when the fault begins, and returns what is applied to every request that is hit; undefined
 * = not with these parameters. The registry matches the scope, draws the probability, counts, and keeps the time to
 * live.
 */
export interface FaultKind<P extends TSchema = TSchema> {
  readonly kind: string;
  readonly summary: string;
  readonly params: P;
  /** What no schema can say, as a sentence; undefined when the parameters are good. */
  check?(params: Static<P>): string | undefined;
  /** Wraps the handler. */
  serve?(context: FaultContext<Static<P>>): Layer | undefined;
  /** What happens to one message between two nodes. */
  edge?(context: FaultContext<Static<P>>): ((crossing: Crossing) => EdgeVerdict) | undefined;
  /** How the bytes of a reply leave the socket. */
  body?(context: FaultContext<Static<P>>): ((call: Call) => BodyShape) | undefined;
  /** What a watchdog does to the process. */
  plan?(params: Static<P>): Plan | undefined;
  /** What becomes of the node's clocks. */
  skew?(params: Static<P>): Skew;
  /** Added to one fsync, ms; `key` names the fsync. */
  fsync?(context: FaultContext<Static<P>>): ((key: string) => number) | undefined;
  /** Occupies the node's main loop. */
  burn?(params: Static<P>): { readonly busyMs: number; readonly periodMs: number } | undefined;
  /** The listener is closed while the fault lasts. */
  readonly refuse?: true;
  /**
   * Of a watchdog's faults: over when another process serves in the place of the one that it happened to. A node's own
   * go with their process.
   */
  readonly endsWithProcess?: true;
}

export interface FaultContext<Params> {
  readonly fault: Fault;
  readonly params: Params;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Seeded by the fault. For what has no request id; requests use `draw`. */
  readonly random: Random;
  /** ms since the fault began. */
  ageMs(): number;
  /** A uniform draw for this request and purpose; the same each time. */
  draw(requestId: string, purpose: string): number;
  /** The node that calls; `unknown` where it did not say. */
  callerOf(call: Call): string;
  /** Takes back the count of a request that was hit but left as it was (nothing old to replay, nothing to swap). */
  spare(): void;
  /** Aborts when the fault ends: what waits stops waiting. */
  readonly signal: AbortSignal;
}

/** One message about to go from a node to another. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly requestId: string;
  readonly component: string;
  readonly operation: string;
}

/** `lose`: never arrives, nobody is told. `reset`: the connection breaks, the caller is told at once. */
export type EdgeVerdict =
  | { readonly do: 'pass' }
  | { readonly do: 'lose'; readonly leg: 'request' | 'reply' }
  | { readonly do: 'reset'; readonly leg: 'request' | 'reply' }
  | { readonly do: 'delay'; readonly leg: 'request' | 'reply'; readonly delayMs: number }
  | { readonly do: 'duplicate'; readonly copies: number };

/** `chunkBytes` at a time with `pauseMs` after each; the connection is reset once `resetAfterBytes` are out. */
export interface BodyShape {
  readonly chunkBytes: number;
  readonly pauseMs: number;
  readonly resetAfterBytes?: number;
}

/** `rate` 1.01 = a clock that gains 1%. The offset moves the wall clock only: monotonic time never jumps. */
export interface Skew {
  readonly offsetMs: number;
  readonly rate: number;
}

/** Infers the types; returns its argument. */
export function faultKind<P extends TSchema>(kind: FaultKind<P>): FaultKind<P> {
  return kind;
}

/**
 * A strict parameter object: unknown names are errors. Each property has a `description`, which is the help of its
 * flag.
 */
export function params<T extends Parameters<typeof Type.Object>[0]>(properties: T) {
  return Type.Object(properties, { additionalProperties: false });
}

export const Milliseconds = (description: string, minimum = 0, fallback?: number) =>
  Type.Number({ description, minimum, maximum: 900_000, ...(fallback === undefined ? {} : { default: fallback }) });
