import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemScheduler, sleep, type Scheduler } from '../shared/time/scheduler.ts';
import { throwIfCancelled } from './errors.ts';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  readonly scheduler?: Scheduler;
  /** Called once when another process holds the lock; `holder` = its pid, where it says so. */
  readonly onWait?: ((holder: string | undefined) => void) | undefined;
}

const pollMs = 50;

/** Keeps what is held reachable: a connection that is garbage-collected gives its lock up. */
const heldHere = new Set<DatabaseSync>();

/**
 * Runs `work` while no other process changes the same data folder; waits for its turn.
 *
 * The lock is the operating system's (a byte-range lock, taken through SQLite), not the mere presence of a file: it goes when
 * its holder goes, however that happens, so a stale lock cannot exist. The file beside it only names the holder, for people.
 */
export async function withLock<T>(dataDir: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'corpus.lock');
  const holderFile = path.join(dataDir, 'corpus.lock.pid');
  let told = false;
  let held = tryLock(file);
  while (held === undefined) {
    throwIfCancelled(options.signal);
    if (!told) options.onWait?.(readHolder(holderFile));
    told = true;
    await sleep(options.scheduler ?? systemScheduler, pollMs, options.signal).catch(() => undefined);
    held = tryLock(file);
  }
  heldHere.add(held);
  try {
    writeFileSync(holderFile, `${process.pid} on ${hostname()}\n`);
    return await work();
  } finally {
    // The files go first: once the lock is free, they may be another holder's.
    rmSync(holderFile, { force: true });
    removeQuietly(file);
    held.close();
    heldHere.delete(held);
  }
}

/**
 * The lock's connection, or undefined while another holds it. The previous holder removes the file as it leaves, so what
 * was locked may be a file without a name by now, which keeps nobody out: the file's identity before and after must agree.
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

/** An open file cannot be removed on every platform; one left behind holds no lock. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Left for the next holder to reuse.
  }
}
