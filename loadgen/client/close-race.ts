import type { RequestFailure } from './connection.ts';
import type { Request } from '../workload/request.ts';

/**
 * A server may close an idle connection while a request is on its way to it (RFC 9112, 9.3.1). This is nobody's fault,
 * and a browser sends the request again. The FIN of such a server arrives within one round trip plus this process's own
 * delay.
 */
const closeRaceMs = 250;
/**
 * A reset may be the answer to the request itself. It counts as the end of an idle connection only if the connection
 * was idle for this time (ms). If this server has closed idle connections before, half of the shortest of these idle
 * times is enough, too. A busy server may not read a request before its own idle time ends: so the idle time and the
 * wait for the answer together count, too, if they are as long as this shortest idle time.
 */
const idleForResetMs = 1000;
/** Methods that change nothing (RFC 9110, 9.2.1). Sending them twice does no harm. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Tells requests that were lost to a close race from those that failed. It learns after which idle time its server
 * closes connections.
 */
export function closeRaces() {
  /** The shortest idle time (ms) after which the server has closed a connection. */
  let idleCloseMs = Infinity;
  let lookedMs = -Infinity;

  function sawIdleClose(idleSinceMs: number | undefined, atMs: number): void {
    if (idleSinceMs !== undefined) idleCloseMs = Math.min(idleCloseMs, atMs - idleSinceMs);
  }

  return {
    /**
     * To be called often, after the sockets were read. A FIN that is found now had not arrived at the last look. So a
     * stop of this process after that look does not count as a late FIN.
     */
    look(nowMs: number): void {
      lookedMs = nowMs;
    },
    /** `idleSinceMs` is undefined for a connection that was never idle. */
    sawIdleClose,
    /** Whether the request got no answer because its connection had been idle and was closed: it may be sent again. */
    lost(
      { request, resent, sentMs }: { request: Request; resent?: boolean; sentMs: number },
      idleSinceMs: number | undefined,
      unanswered: RequestFailure['unanswered'],
      nowMs: number,
    ): boolean {
      if (resent || idleSinceMs === undefined || !safeMethods.has(request.method)) return false;
      if (unanswered === 'reset')
        return sentMs - idleSinceMs >= Math.min(idleForResetMs, idleCloseMs / 2) || nowMs - idleSinceMs >= idleCloseMs;
      if (unanswered !== 'fin' || lookedMs - sentMs > closeRaceMs) return false;
      sawIdleClose(idleSinceMs, sentMs);
      return true;
    },
  };
}
