import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a program, and waits for its first message. Throws when it ends before that. */
export async function forked<Message>(
  program: URL,
  args: readonly string[] = [],
): Promise<{ readonly child: ChildProcess; readonly message: Message }> {
  const child = fork(fileURLToPath(program), args);
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${program} ended with ${code}`)));
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Message];
  return { child, message };
}
