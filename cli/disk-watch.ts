import { statfs } from 'node:fs/promises';
import type { Scheduler, Timer } from '../shared/time/scheduler.ts';

/** The least free space on the disk of the data folder. Logs and the journal write some kB a minute. */
const leastBytes = 256 * 1024;
const lookEveryMs = 2_000;

/** Reports when the disk of `folder` becomes full, and when it has free space again. */
export function watchDisk(folder: string, scheduler: Scheduler, tell: (text: string) => void): Timer {
  let full = false;
  return scheduler.every(lookEveryMs, () => {
    statfs(folder).then(
      ({ bavail, bsize }) => {
        const now = bavail * bsize < leastBytes;
        if (now === full) return;
        full = now;
        tell(
          full
            ? `the disk of ${folder} is full: searches go on, but logs, the journal and new faults wait for room`
            : `the disk of ${folder} has room again`,
        );
      },
      () => undefined,
    );
  });
}
