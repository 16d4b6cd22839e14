import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface TakenPort {
  readonly port: number;
  /** The process that listens, where this machine tells. */
  readonly pid?: number;
  readonly command?: string;
}

/** Which of `ports` cannot be bound on `host`, and who holds them. */
export async function takenPorts(ports: readonly number[], host: string): Promise<readonly TakenPort[]> {
  const free = await Promise.all(ports.map((port) => canBind(port, host)));
  const taken = ports.filter((_, i) => !free[i]);
  return taken.length === 0 ? [] : describe(taken);
}

function canBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Linux: /proc/net/tcp gives the socket's inode, /proc/<pid>/fd its owner. Elsewhere only the port is known. */
async function describe(ports: readonly number[]): Promise<TakenPort[]> {
  const inodes = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const columns = line.trim().split(/\s+/);
      const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16);
      const listening = columns[3] === '0A';
      if (listening && ports.includes(port)) inodes.set(`socket:[${columns[9]}]`, port);
    }
  }
  const owners = new Map<number, { pid: number; command: string }>();
  for (const pid of inodes.size === 0 ? [] : (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const port = inodes.get(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''));
      if (port === undefined) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
      owners.set(port, { pid: Number(pid), command });
    }
  }
  return ports.map((port) => ({ port, ...owners.get(port) }));
}
