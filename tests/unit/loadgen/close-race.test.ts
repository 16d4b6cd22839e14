import { expect, test } from 'vitest';
import { closeRaces } from '../../../loadgen/client/close-race.ts';
import type { RequestFailure } from '../../../loadgen/client/connection.ts';

interface Case {
  readonly what: string;
  readonly method?: string;
  /** When the connection became idle, when the request was sent, and when the connection ended, ms. */
  readonly times: readonly [idle: number, sent: number, ended: number];
  /** The last time at which the sockets were read, ms. */
  readonly looked?: number;
  readonly end: RequestFailure['unanswered'];
  /** An idle time after which this server has closed a connection, ms. */
  readonly known?: number;
  readonly lost: boolean;
}

test.each<Case>([
  { what: 'a FIN soon after the request', times: [0, 40, 45], looked: 44, end: 'fin', lost: true },
  { what: 'a FIN long after the request', times: [0, 40, 400], looked: 350, end: 'fin', lost: false },
  {
    what: 'a FIN that this process finds late because it stood still',
    times: [0, 40, 400],
    looked: 38,
    end: 'fin',
    lost: true,
  },
  { what: 'a FIN after a POST', method: 'POST', times: [0, 40, 45], looked: 44, end: 'fin', lost: false },
  { what: 'a reset at a server that has never closed', times: [0, 40, 45], looked: 44, end: 'reset', lost: false },
  { what: 'a reset after a second of idleness', times: [0, 1_000, 1_005], looked: 1_004, end: 'reset', lost: true },
  {
    what: 'a reset after half of a known idle time',
    times: [0, 15, 16],
    looked: 16,
    end: 'reset',
    known: 30,
    lost: true,
  },
  { what: 'a reset at once', times: [0, 5, 10], looked: 10, end: 'reset', known: 30, lost: false },
  {
    what: 'a reset by a busy server whose idle time has ended before it read the request',
    times: [0, 5, 31],
    looked: 30,
    end: 'reset',
    known: 30,
    lost: true,
  },
  {
    what: 'a connection that ended in the middle of an answer',
    times: [0, 40, 45],
    looked: 44,
    end: undefined,
    lost: false,
  },
])('$what: sent again = $lost', ({ method = 'GET', times: [idle, sent, ended], looked = 0, end, known, lost }) => {
  const races = closeRaces();
  if (known !== undefined) races.sawIdleClose(0, known);
  races.look(looked);
  const request = { method, target: '/', name: '/' };
  expect(races.lost({ request, sentMs: sent }, idle, end, ended)).toBe(lost);
  expect(races.lost({ request, sentMs: sent, resent: true }, idle, end, ended)).toBe(false);
});
