import { systemClock, type Clock } from './time/clock.ts';

/**
 * npm passes every Ctrl-C on to its script, which has already got it from the terminal: two that come this close
 * together are one, ms.
 */
const sameCtrlCMs = 400;

/**
 * Listens for what asks a command to end: Ctrl-C (SIGINT), SIGTERM, a closed terminal (SIGHUP). `orderly` is called
 * once, for the first of them; `atOnce` for a Ctrl-C after that. The answer stops listening.
 */
export function onEndSignals(orderly: () => void, atOnce: () => void, clock: Pick<Clock, 'now'> = systemClock) {
  let askedAt: number | undefined;
  const ask = (): void => {
    if (askedAt !== undefined) return;
    askedAt = clock.now();
    orderly();
  };
  const onCtrlC = (): void => {
    if (askedAt !== undefined && clock.now() - askedAt >= sameCtrlCMs) atOnce();
    else ask();
  };
  process.on('SIGINT', onCtrlC).on('SIGTERM', ask).on('SIGHUP', ask);
  return (): void => void process.off('SIGINT', onCtrlC).off('SIGTERM', ask).off('SIGHUP', ask);
}
