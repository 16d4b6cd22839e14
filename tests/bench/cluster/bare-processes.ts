import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Plain JavaScript: Node.js strips no types from it. */
const listens = `
  require('node:http').createServer((_, response) => response.end())
    .listen(0, '127.0.0.1', () => process.send('listening'));
  process.on('disconnect', () => process.exit());`;

/**
 * node bare-processes.ts COUNT: starts so many processes that only listen, all at once, as a watchdog starts nodes.
 * Prints `up` when all of them listen, and ends them with itself.
 */
const children = Array.from({ length: Number(process.argv[2]) }, () =>
  spawn(process.execPath, ['-e', listens], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
);
await Promise.all(children.map((child) => once(child, 'message')));
process.stdout.write('up\n');
