import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemScheduler, sleep, type Scheduler } from '../shared/time/scheduler.ts';
import { throwIfCancelled } from './errors.ts';
import { makeFolder } from '../shared/make-folder.ts';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  readonly scheduler?: Scheduler;
  /** Called once when another process holds the lock; `holder` = its pid, if known. */
  readonly onWait?: ((holder: string | undefined) => void) | undefined;
}

const pollMs = 50;

/** A connection that is garbage-collected gives up its lock, so held connections stay referenced here. */
const heldHere = new Set<DatabaseSync>();

/**
 * Runs `work` while no other process changes the same data folder. It waits until the folder is free.
 *
 * The lock is a byte-range lock of the operating system, taken through SQLite. The operating system ends it with the
 * process that holds it, so there are no stale locks. The file beside it names the holder, for people only.
 */
export async function withLock<T>(dataDir: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  makeFolder(dataDir);
  const file = path.join(dataDir, 'corpus.lock');
  const holderFile = path.join(dataDir, 'corpus.lock.pid');
  let announced = false;
  let held = tryLock(file);
  while (held === undefined) {
    throwIfCancelled(options.signal);
    if (!announced) options.onWait?.(readHolder(holderFile));
    announced = true;
    await sleep(options.scheduler ?? systemScheduler, pollMs, options.signal).catch(() => undefined);
    held = tryLock(file);
  }
  heldHere.add(held);
  try {
    writeFileSync(holderFile, `${process.pid} on ${hostname()}\n`);
    return await work();
  } finally {
    // The files are removed first: once the lock is free, they may belong to another process.
    rmSync(holderFile, { force: true });
    removeQuietly(file);
    held.close();
    heldHere.delete(held);
  }
}

/**
 * The connection that holds the lock, or undefined while another process holds it. The previous holder removes the file
 * when it ends. So this process may lock a file that was removed meanwhile, and such a lock excludes nobody. Therefore
 * the file must be the same before and after locking.
 */
function tryLock(file: string): DatabaseSync | undefined {
  writeFileSync(file, '', { flag: 'a' });
  const before = identity(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    if (before !== undefined && before === identity(file)) return database;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== sqliteBusy) {
      database.close();
      throw error;
    }
  }
  database.close();
  return undefined;
}

const sqliteBusy = 5;

function identity(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

function readHolder(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Some platforms cannot remove an open file. A file that stays holds no lock. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The next holder will use this file again.
  }
}
