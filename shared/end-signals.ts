import { systemClock, type Clock } from './time/clock.ts';

/**
 * npm forwards every Ctrl-C to its script, but the script already got it from the terminal. Two signals within this
 * time, ms, count as one.
 */
const sameCtrlCMs = 400;

/** The signals that a terminal sends to all processes of a command: Ctrl-C, Ctrl-\, and the end of the terminal. */
const terminalSignals = ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const;

/** Makes this process ignore the signals of a terminal, because its parent ends it in an orderly way. */
export function ignoreTerminalSignals(): void {
  for (const signal of terminalSignals) process.on(signal, () => {});
}

/**
 * Listens for the signals that end a command: those of a terminal, and SIGTERM. Calls `orderly` once, for the first
 * signal, and `atOnce` for a later Ctrl-C. Returns a function that stops listening.
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
  const listeners = { SIGINT: onCtrlC, SIGQUIT: ask, SIGHUP: ask, SIGTERM: ask };
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  return (): void => {
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
  };
}
