import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Spare } from './spare.ts';

export interface LaunchOptions {
  /** The command: executable and arguments. */
  readonly command: readonly [string, ...string[]];
  /** The arguments of the node in `command`: a spare process needs only these to become the node. */
  readonly args?: readonly string[];
  /** A process that has loaded its code already. */
  readonly spare?: Spare | undefined;
  /** Undefined: the node writes to the output of this process. */
  readonly logFile?: string | undefined;
}

/** Variables that are added to the environment. A variable that is undefined here is removed from the environment. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Begins the process of a node. Without `newCode`, a spare process becomes the node, if there is one. */
export function launch(options: LaunchOptions, variables: Variables, newCode: boolean): ChildProcess {
  // The new process has the code that is on the disk now. Every later process must have this code, too, so the spare
  // process is loaded again.
  if (newCode) options.spare?.renew();
  return (!newCode && fromSpare(options, variables)) || fromCommand(options, variables);
}

function fromSpare({ spare, args, logFile }: LaunchOptions, variables: Variables): ChildProcess | undefined {
  if (!spare || !args || logFile === undefined) return undefined;
  const env = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? null]));
  return spare.become({ args, env, logFile });
}

function fromCommand({ command, logFile }: LaunchOptions, variables: Variables): ChildProcess {
  const log = logFile === undefined ? 'inherit' : openLog(logFile);
  const [executable, ...args] = command;
  const child = spawn(executable, args, {
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, ...variables },
  });
  if (typeof log === 'number') closeSync(log);
  return child;
}

/** If no log file can be made, as on a full disk, the node runs without a log. */
function openLog(file: string): number | 'ignore' {
  try {
    return openSync(file, 'a');
  } catch {
    return 'ignore';
  }
}
