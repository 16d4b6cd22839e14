import { readFileSync } from 'node:fs';
import type { Scheduler } from '../time/scheduler.ts';
import type { Identity } from './certificates.ts';

/** A node's identity, which its watchdog renews while it runs. */
export interface IdentitySource {
  /** Returns the same object until the watchdog renews the identity. */
  readonly current: () => Identity;
  readonly onRenewal: (listener: (identity: Identity) => void) => void;
}

/** How often the file is read again, ms: far more often than it changes. */
const lookEveryMs = 15 * 60_000;

/** The identity that the watchdog wrote to `file`. Throws if there is none. */
export function identityFile(file: string, scheduler: Scheduler): IdentitySource {
  const listeners: ((identity: Identity) => void)[] = [];
  let text = readFileSync(file, 'utf8');
  let identity = JSON.parse(text) as Identity;
  scheduler.every(lookEveryMs, () => {
    const now = readFileSync(file, 'utf8');
    if (now === text) return;
    text = now;
    identity = JSON.parse(text) as Identity;
    for (const listener of listeners) listener(identity);
  });
  return { current: () => identity, onRenewal: (listener) => void listeners.push(listener) };
}
