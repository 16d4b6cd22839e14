import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

/** What a command needs of the process: passed in, so that commands are tested without one. */
export interface CommandIo {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  clock: Clock;
  scheduler: Scheduler;
  cores: number;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}
