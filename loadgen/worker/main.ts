import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ignoreTerminalSignals } from '../../shared/end-signals.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { isLoadError } from '../options/errors.ts';
import { workerRun } from '../engine/worker-run.ts';
import type { WorkerRun } from '../engine/worker-run.ts';
import { reasonOf } from '../engine/session.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** The process edge of a worker. The controller forks it, and it talks only to the controller. */
const exit = process.exit.bind(process);
const tell = process.send?.bind(process);
const send = (message: FromWorker) => tell?.(message);
let run: WorkerRun | undefined;
let hasScenario = false;

/**
 * The process belongs to the generator. A scenario that ended it would end the sessions of all other users. And only
 * this file may send messages to the controller.
 */
function keepProcess(): void {
  const refuse = (what: string) => (): never => {
    throw new Error(`the scenario calls process.${what}`);
  };
  process.exit = refuse('exit');
  process.send = refuse('send');
  process.disconnect = refuse('disconnect');
}

function failed(error: unknown): void {
  send({
    type: 'failed',
    message: error instanceof Error ? error.message : String(error),
    code: isLoadError(error) ? error.code : 'worker_failed',
  });
}

async function handle(message: ToWorker): Promise<void> {
  if (message.type === 'prepare') {
    const { plan, index, tickMs, oracle } = message;
    hasScenario = plan.workload.kind === 'scenario';
    if (hasScenario) keepProcess();
    run = await workerRun({
      plan,
      index,
      tickMs,
      clock: systemClock,
      scheduler: systemScheduler,
      ...(oracle ? { oracle } : {}),
    });
    await run.warmUp();
    send({ type: 'prepared' });
  } else if (message.type === 'start') {
    const last = await run?.start(message.startAt - performance.timeOrigin, (snapshot) =>
      send({ type: 'snapshot', snapshot }),
    );
    // Exits once the last snapshot is on its way.
    if (last) tell?.({ type: 'finished', snapshot: last } satisfies FromWorker, undefined, undefined, () => exit(0));
  } else run?.stop();
}

process.on('message', (message: ToWorker) => void handle(message).catch(failed));
// No worker outlives a dead controller. This event ends a healthy worker; the watchdog ends a stuck one.
process.on('disconnect', () => exit(1));
const watchdog = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData: { parent: process.ppid } });
// A terminal sends these signals to every process of the command. The controller handles them and stops its workers.
ignoreTerminalSignals();
process.on('SIGTERM', () => run?.stop());
// A scenario may fail outside its sessions, in a timer or a promise of its own. The run then goes on.
process.on('uncaughtException', (error) => {
  if (run && hasScenario) run.scenarioFailed(reasonOf(error));
  else failed(error);
});
// Wait until the thread has loaded its code. Later, this process may have so many connections that it can open no more
// files.
await once(watchdog, 'message');
watchdog.unref();
send({ type: 'ready' });
