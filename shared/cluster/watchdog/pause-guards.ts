import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

export interface PauseGuards {
  /** Call it before the process is stopped. */
  readonly set: (node: string, pid: number) => void;
  /** The process runs again, or is gone. */
  readonly dismiss: (node: string) => void;
}

/** `read` fails when its pipe ends without a line: then the watchdog is gone. */
const script = 'read -r line || kill -CONT "$0"';

/**
 * A process that a fault stopped with SIGSTOP cannot notice that its watchdog is gone. So a shell waits at a pipe that
 * only the watchdog holds open. However the watchdog ends, the pipe ends with it. The shell then continues the process
 * (SIGCONT). The process finds that the watchdog is gone, and ends.
 */
export function createPauseGuards(): PauseGuards {
  const guards = new Map<string, ChildProcess>();

  function dismiss(node: string): void {
    guards.get(node)?.stdin!.end('over\n');
    guards.delete(node);
  }

  return {
    set(node, pid) {
      dismiss(node);
      const guard = spawn('/bin/sh', ['-c', script, String(pid)], {
        stdio: ['pipe', 'ignore', 'ignore'],
        // A session of its own: a signal to the whole group of the watchdog must not reach the guard.
        detached: true,
      });
      guard.on('error', () => undefined);
      guard.stdin.on('error', () => undefined);
      guard.unref();
      (guard.stdin as Socket).unref();
      guards.set(node, guard);
    },
    dismiss,
  };
}
