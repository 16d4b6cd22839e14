import type { Clock } from '../../shared/time/clock.ts';
import type { LoadTarget } from '../options/target.ts';
import type { Request } from '../workload/request.ts';
import { closeRaces } from './close-race.ts';
import { openConnection } from './connection.ts';
import type { Connection, RequestFailure } from './connection.ts';
import type { ParsedAnswer } from './parser.ts';

/** One request and its times (the clock's ms). */
export interface TimedRequest {
  request: Request;
  intendedMs: number;
  /** When the generator handled it. Only the generator's own delay makes this later than intended. */
  dispatchedMs: number;
  /** When its bytes were written; NaN before that. A wait for a free connection makes this later than dispatched. */
  sentMs: number;
  keepBody: boolean;
  /** The request was sent a second time, because the server had closed the connection at the same moment. */
  resent?: boolean;
  /** For an arrival: ms since the previous arrival, even if another worker handles the previous one. */
  gapMs?: number;
  answered(answer: ParsedAnswer, exchange: TimedRequest): void;
  failed(failure: RequestFailure, exchange: TimedRequest): void;
}

export interface PoolOptions {
  target: LoadTarget;
  trust: { insecure: boolean; ca?: string };
  connections: number;
  timeoutMs: number;
  encode: (request: Request) => string | Buffer;
  clock: Clock;
  /** Called when an exchange's bytes are written for the first time. */
  onSent: (exchange: TimedRequest) => void;
  /** Called when the bytes are written again. */
  onResent?: () => void;
}

interface Slot {
  connection: Connection;
  /** When the connection was opened (the clock's ms); undefined once it is ready. */
  openingMs: number | undefined;
  exchange: TimedRequest | undefined;
  /** Since when the connection had been idle before its present exchange; undefined for a new connection. */
  idleSinceMs: number | undefined;
}

export interface Pool {
  /** Sends on the connection used last, or on a new one below the limit. Otherwise the request waits in line. */
  dispatch(exchange: TimedRequest): void;
  /** Opens `count` connections; resolves when they are ready or have failed. */
  warmUp(count: number): Promise<void>;
  /** Ends exchanges that are older than the timeout. Call it often, after the sockets were read. */
  expire(): void;
  inFlight(): number;
  waiting(): number;
  /** Drops the requests in line and returns their number: they were never sent. */
  dropWaiting(): number;
  /** Closes all connections. Exchanges in flight fail with `failure`. */
  close(failure: RequestFailure): void;
}

export function connectionPool(options: PoolOptions): Pool {
  const { target, clock, connections, timeoutMs, encode, onSent } = options;
  const slots = new Set<Slot>();
  const idle: Slot[] = [];
  const races = closeRaces();
  /** Requests that are sent a second time. They wait for new connections, because an old one may be closed too. */
  const again: TimedRequest[] = [];
  let line: TimedRequest[] = [];
  let lineHead = 0;
  let flying = 0;
  let closed = false;
  let warm: { left: number; resolve: () => void } | undefined;

  const waiting = (): number => again.length + line.length - lineHead;

  function warmed(): void {
    if (warm && --warm.left <= 0) {
      warm.resolve();
      warm = undefined;
    }
  }

  function nextInLine(): TimedRequest | undefined {
    const exchange = line[lineHead];
    if (exchange === undefined) return undefined;
    lineHead++;
    // The array is cut only now and then, because each shift costs time in proportion to its length.
    if (lineHead > 1024 && lineHead * 2 > line.length) {
      line = line.slice(lineHead);
      lineHead = 0;
    }
    return exchange;
  }

  function send(slot: Slot, exchange: TimedRequest): void {
    slot.exchange = exchange;
    flying++;
    const nowMs = clock.now();
    // `sentMs` stays the time of the first sending, because the user has waited since then.
    if (!exchange.resent) exchange.sentMs = nowMs;
    slot.connection.send(encode(exchange.request), exchange.request.method, exchange.keepBody);
    if (exchange.resent) options.onResent?.();
    else onSent(exchange);
  }

  function free(slot: Slot): void {
    const exchange = nextInLine();
    if (exchange) return send(slot, exchange);
    slot.idleSinceMs ??= clock.now();
    idle.push(slot);
  }

  function open(): void {
    const slot: Slot = {
      connection: undefined as unknown as Connection,
      openingMs: clock.now(),
      exchange: undefined,
      idleSinceMs: undefined,
    };
    slots.add(slot);
    slot.connection = openConnection(target, options.trust, {
      opened() {
        slot.openingMs = undefined;
        const first = again.pop();
        if (first) send(slot, first);
        else free(slot);
        warmed();
      },
      answered(answer) {
        const exchange = slot.exchange as TimedRequest;
        // Before some servers close an idle connection, they say 408: no request came in time (RFC 9110, 15.5.9).
        const isLost = answer.status === 408 && answer.close && lostToCloseRace(exchange, slot, 'fin');
        slot.exchange = undefined;
        slot.idleSinceMs = clock.now();
        flying--;
        if (answer.close) slots.delete(slot);
        if (isLost) resend(exchange);
        else exchange.answered(answer, exchange);
        if (answer.close) refill();
        else free(slot);
      },
      gone(failure) {
        const wasOpening = slot.openingMs !== undefined;
        slots.delete(slot);
        const at = idle.indexOf(slot);
        if (at >= 0) {
          idle.splice(at, 1);
          races.sawIdleClose(slot.idleSinceMs, clock.now());
        }
        const exchange = slot.exchange;
        slot.exchange = undefined;
        if (exchange) {
          flying--;
          if (lostToCloseRace(exchange, slot, failure.unanswered)) resend(exchange);
          else exchange.failed(failure, exchange);
        } else if (wasOpening && !closed) {
          // When a connection cannot be opened, the request that asked for it fails, as it would for a user.
          const first = again.pop() ?? nextInLine();
          first?.failed(failure, first);
        }
        if (wasOpening) warmed();
        refill();
      },
    });
  }

  function resend(exchange: TimedRequest): void {
    exchange.resent = true;
    again.push(exchange);
  }

  const lostToCloseRace = (exchange: TimedRequest, slot: Slot, unanswered: RequestFailure['unanswered']): boolean =>
    !closed && races.lost(exchange, slot.idleSinceMs, unanswered, clock.now());

  /** Opens one connection for each request in line, up to the limit. */
  function refill(): void {
    if (closed) return;
    let opening = 0;
    for (const slot of slots) if (slot.openingMs !== undefined) opening++;
    const wanted = Math.min(waiting() - opening, connections - slots.size);
    for (let i = 0; i < wanted; i++) open();
  }

  return {
    dispatch(exchange) {
      const slot = idle.pop();
      if (slot) return send(slot, exchange);
      line.push(exchange);
      if (slots.size < connections) open();
    },
    warmUp(count) {
      const opening = Math.min(count, connections - slots.size);
      if (opening <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        warm = { left: opening, resolve };
        for (let i = 0; i < opening; i++) open();
      });
    },
    expire() {
      const nowMs = clock.now();
      races.look(nowMs);
      const limit = nowMs - timeoutMs;
      for (const slot of slots) {
        if (slot.exchange && slot.exchange.sentMs <= limit)
          slot.connection.destroy({ code: 'timeout', detail: `no full answer within ${timeoutMs} ms` });
        else if (slot.openingMs !== undefined && slot.openingMs <= limit)
          slot.connection.destroy({ code: 'connect_timeout', detail: `no connection within ${timeoutMs} ms` });
      }
    },
    inFlight: () => flying,
    waiting,
    dropWaiting() {
      const dropped = waiting();
      again.length = 0;
      line = [];
      lineHead = 0;
      return dropped;
    },
    close(failure) {
      closed = true;
      for (const slot of slots) slot.connection.destroy(failure);
    },
  };
}
