import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

/** The parts of the process that a command needs. They are passed in, so that tests run commands without a process. */
export interface CommandIo {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  clock: Clock;
  scheduler: Scheduler;
  cores: number;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}
