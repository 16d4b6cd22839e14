import { systemClock, type Clock } from './time/clock.ts';

/**
 * npm forwards every Ctrl-C to its script, but the script already got it from the terminal. Two signals within this
 * time, ms, count as one.
 */
const sameCtrlCMs = 400;

/**
 * Listens for the signals that end a command: Ctrl-C (SIGINT), SIGTERM, a closed terminal (SIGHUP). Calls `orderly`
 * once, for the first signal, and `atOnce` for a later Ctrl-C. Returns a function that stops listening.
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
