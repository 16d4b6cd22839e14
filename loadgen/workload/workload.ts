import type { Random } from '../../shared/time/random.ts';
import type { Answer, Request, Session } from './request.ts';

/** A source of work for one worker. */
export interface Workload {
  source: RequestSource | SessionSource;
  /** How often each rank of the vocabulary was drawn; merged over workers and fitted in the report. */
  ranks?: Float64Array;
  /** The requests that are known before the run, for recording an oracle. */
  known(): Request[];
}

export interface RequestSource {
  kind: 'requests';
  next(): Request;
  /** True when `learn` needs the body of a right answer to this request, for example to learn page ids. */
  wantsBody(request: Request): boolean;
  learn(request: Request, answer: Answer): void;
}

export interface SessionSource {
  kind: 'sessions';
  start(): Session;
}

/** The default export of a scenario file; see README.md for an example. */
export interface Scenario {
  (user: ScenarioUser): Session;
}

export interface ScenarioUser {
  /** How many sessions this worker started before this one. */
  number: number;
  random: Random;
  /** The corpus' words, most used first. */
  words: readonly string[];
  get(target: string, more?: Partial<Request>): Request;
  put(target: string, body: unknown, more?: Partial<Request>): Request;
  post(target: string, body: unknown, more?: Partial<Request>): Request;
  /** A pause with this mean, exponentially distributed. */
  think(meanMs: number): { thinkMs: number };
}
