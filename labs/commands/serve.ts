import { once } from 'node:events';
import { onInterrupt } from '../../cli/interrupt.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { ownHosts } from '../../shared/control/own-host.ts';
import { holdersOf } from '../../shared/cluster/watchdog/port-check.ts';
import { LabUsageError, labExitCodes } from '../runner/errors.ts';
import { newKey } from '../serve/key.ts';
import { createLabServer } from '../serve/server.ts';

export interface ServeFlags {
  readonly home: string;
  readonly port: number;
  readonly host: string;
  readonly publishedPort?: number;
}

/**
 * Serves the pages of the labs until Ctrl-C or SIGTERM. A lab that runs at that moment is stopped, and does not count.
 */
export async function serve({ home, port, host, publishedPort }: ServeFlags, terminal: Terminal): Promise<number> {
  const key = newKey();
  const { server, stop } = await createLabServer({
    folder: home,
    key,
    hosts: ownHosts(process.env),
    clusterHost: process.env.TIERLAB_CLUSTER_HOST,
  });
  // npm forwards signals, so each arrives twice. So `stop` also runs inside `onInterrupt`, which handles the second.
  await onInterrupt(async (signal) => {
    const address = await server.listen({ port, host }).catch(async (error: NodeJS.ErrnoException) => {
      throw new LabUsageError(await whyNot(error, port, host));
    });
    const shown = publishedPort ?? (new URL(address).port || 80);
    terminal.line(`Labs in the browser: ${terminal.bold(`http://127.0.0.1:${shown}/?key=${key}`)}`);
    terminal.line(
      terminal.dim('Whoever has this address may run labs here. Ctrl-C stops the page and a lab that runs.'),
    );
    if (!signal.aborted) await once(signal, 'abort');
    terminal.line('lab: stopping');
    await stop();
  });
  terminal.line('lab: stopped; nothing is left running');
  return labExitCodes.passed;
}

async function whyNot({ code, message }: NodeJS.ErrnoException, port: number, host: string): Promise<string> {
  if (code === 'EACCES') return `this user may not use port ${port}; choose another one: --port 8195`;
  if (code !== 'EADDRINUSE') return `the page cannot be served at ${host}:${port}: ${message}`;
  const holder = (await holdersOf([port])).get(port);
  const by = holder ? ` by process ${holder.pid} (${holder.command.slice(0, 80)})` : '';
  return `port ${port} is taken${by}; choose another one: npm run lab -- serve --port ${port + 100}`;
}
