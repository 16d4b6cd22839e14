import Type, { type Static, type TSchema } from 'typebox';
import type { Call, Layer } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Fault } from './envelope.ts';
import { distributions } from './draw.ts';
import type { ProcessPlan } from './plan.ts';

/**
 * What a fault can do, and where. A kind usually implements one of these hooks and does not know the others.
 *
 *      caller's node                         target node                                     its watchdog
 *   +-------------------+             +------------------------------------------------+   +--------------+
 *   | layers            |   request   |  listener --> edge --> layers --> serve        |   |              |
 *   |   edge ---------- transport ------> refuse                            handler    |   |   plan       |
 *   |                   |    reply    |     body <---- edge <---------------+          |<--|   kill, stop |
 *   +-------------------+             |  clock: skew    disk: diskMs    main loop: burn|   |   start ...  |
 *                                     +------------------------------------------------+   +--------------+
 *
 * Each hook is called once, when the fault begins. It returns the function that is applied to every request that is
 * hit, or undefined if these parameters do not need it. The registry matches the scope, draws the probability, counts,
 * and ends the fault after its time to live.
 */
export interface FaultKind<P extends TSchema = TSchema> {
  readonly kind: string;
  readonly summary: string;
  readonly params: P;
  /**
   * Checks what a schema cannot express. Returns the problem as a sentence; undefined when the parameters are valid.
   */
  check?(params: Static<P>): string | undefined;
  /** The nodes that get the fault, if the parameters name them. A request for it then needs no target. */
  nodes?(params: Static<P>): readonly string[];
  /** Wraps the handler. */
  serve?(context: FaultContext<Static<P>>): Layer | undefined;
  /** Decides about one message between two nodes. */
  edge?(context: FaultContext<Static<P>>): ((crossing: Crossing) => EdgeVerdict) | undefined;
  /** Decides how the bytes of a reply are sent. */
  body?(context: FaultContext<Static<P>>): ((call: Call) => BodyShape) | undefined;
  /** The actions of a watchdog on the process. */
  plan?(params: Static<P>): ProcessPlan | undefined;
  /** Changes the node's clocks. */
  skew?(params: Static<P>): Skew;
  /** Added to one access to the disk, ms; `key` names the access. */
  disk?(context: FaultContext<Static<P>>): ((key: string) => number) | undefined;
  /** Occupies the node's main loop. */
  burn?(params: Static<P>): { readonly busyMs: number; readonly periodMs: number } | undefined;
  /** The listener is closed while the fault lasts. */
  readonly refuse?: true;
  /**
   * For faults of a watchdog: the fault ends when a new process of the node serves. Faults that a node carries out
   * itself end with its process anyway.
   */
  readonly endsWithProcess?: true;
}

export interface FaultContext<Params> {
  readonly fault: Fault;
  readonly params: Params;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Seeded by the fault; for draws without a request id. Requests use `draw`. */
  readonly random: Random;
  /** ms since the fault began. */
  ageMs(): number;
  /** A uniform draw for this request and purpose; always the same number. */
  draw(requestId: string, purpose: string): number;
  /** The node that calls; `unknown` if the call does not name it. */
  callerOf(call: Call): string;
  /**
   * Reverts the count of a request that was hit but not changed, for example because there was no old reply to replay.
   */
  spare(): void;
  /** Aborts when the fault ends, so that every wait ends too. */
  readonly signal: AbortSignal;
}

/** One message from a node to another. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly requestId: string;
  readonly component: string;
  readonly operation: string;
}

/**
 * `lose`: the message never arrives, and no error is reported. `reset`: the connection breaks, so the caller learns it
 * at once.
 */
export type EdgeVerdict =
  | { readonly do: 'pass' }
  | { readonly do: 'lose'; readonly leg: 'request' | 'reply' }
  | { readonly do: 'reset'; readonly leg: 'request' | 'reply' }
  | { readonly do: 'delay'; readonly leg: 'request' | 'reply'; readonly delayMs: number }
  | { readonly do: 'duplicate'; readonly copies: number };

/** Sends `chunkBytes` at a time with `pauseMs` after each chunk; resets the connection after `resetAfterBytes`. */
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

/** The parameters of a delay that differs from case to case (`sample` in draw.ts). */
export const scatter = {
  jitterMs: Milliseconds('how far delays scatter: the standard deviation (normal), half the width (uniform)', 0, 0),
  distribution: Type.Enum([...distributions], {
    default: 'normal',
    description: 'how single delays scatter around the mean',
  }),
};
