import { systemClock } from '../../shared/time/clock.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { isLoadError } from '../options/errors.ts';
import { workerRun } from '../engine/worker-run.ts';
import type { WorkerRun } from '../engine/worker-run.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** The process edge of a worker: it is forked by the controller and speaks to nobody else. */
const send = (message: FromWorker) => process.send?.(message);
let run: WorkerRun | undefined;

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
    if (last)
      process.send?.({ type: 'finished', snapshot: last } satisfies FromWorker, undefined, undefined, () =>
        process.exit(0),
      );
  } else run?.stop();
}

process.on('message', (message: ToWorker) => void handle(message).catch(failed));
// A controller that has died leaves no worker behind; Ctrl-C is the controller's to answer.
process.on('disconnect', () => process.exit(1));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => run?.stop());
// A broken scenario must end in a sentence, not in a stack trace.
process.on('uncaughtException', failed);
send({ type: 'ready' });
