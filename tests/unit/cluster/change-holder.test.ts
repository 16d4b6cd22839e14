import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { changeHolder } from '../../../shared/cluster/watchdog/change-holder.ts';

/** A machine with these processes, by their ids: when each of them started. */
function holderOn(processes: Map<number, number>) {
  const { handle } = changeHolder((pid) => processes.get(pid));
  return (command: string, pid: number) => handle({}, { command, pid });
}

test('while one process changes the nodes, another one is refused with the name of the first', () => {
  const hold = holderOn(
    new Map([
      [1, 10],
      [2, 20],
    ]),
  );
  hold('apply', 1);
  hold('apply', 1);
  expect(() => hold('scale', 2)).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringMatching(/"apply" \(process 1\)/) }),
  );
});

test('a process that has ended holds nothing, and neither does a later one with its id', () => {
  const processes = new Map([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
  const hold = holderOn(processes);
  hold('apply', 1);
  processes.delete(1);
  hold('scale', 2);
  processes.set(2, 40);
  hold('restart', 3);
  expect(() => hold('apply', 2)).toThrow(/"restart" \(process 3\)/);
});

test('a process of this machine holds the nodes until it has ended', async () => {
  const { handle } = changeHolder();
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  handle({}, { command: 'apply', pid: child.pid });
  const hold = () => handle({}, { command: 'scale', pid: process.pid });
  expect(hold).toThrow(/"apply"/);
  child.kill('SIGKILL');
  await ended;
  expect(hold()).toEqual({});
});

test.each([[undefined], [{}], [{ command: 'apply', pid: 0 }], [{ command: '', pid: 1 }]])(
  'the order %j is refused',
  (order) => {
    expect(() => changeHolder().handle({}, order)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  },
);
