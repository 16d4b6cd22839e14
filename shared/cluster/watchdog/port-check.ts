import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface TakenPort {
  readonly port: number;
  /** The address at which somebody listens already. */
  readonly host: string;
  /** The process that listens, where this machine tells. */
  readonly pid?: number;
  readonly command?: string;
}

/**
 * Which of `ports` are taken at `host`, and by whom. "localhost" is ::1 to most programs before it is 127.0.0.1: a
 * port of the loopback address must be free at both, or whoever opens http://localhost:8080 meets somebody else.
 */
export async function takenPorts(ports: readonly number[], host: string): Promise<readonly TakenPort[]> {
  const hosts = host === '127.0.0.1' ? [host, '::1'] : [host];
  const probed = hosts.flatMap((each) =>
    ports.map(async (port) => ({ port, host: each, free: await isFree(port, each) })),
  );
  const taken = (await Promise.all(probed)).filter(({ free }) => !free);
  if (taken.length === 0) return [];
  const holders = await holdersOf(taken.map(({ port }) => port));
  return taken.map(({ port, host: at }) => ({ port, host: at, ...holders.get(port) }));
}

/** This machine may have no IPv6: an address that does not exist is not taken. */
const noSuchAddress: ReadonlySet<string | undefined> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(host === '::1' && noSuchAddress.has(code)));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/**
 * Which process listens at each of these ports. Linux: /proc/net/tcp gives the socket's inode, /proc/<pid>/fd its
 * owner. Elsewhere, and where it belongs to another user, nothing is known.
 */
export async function holdersOf(ports: readonly number[]): Promise<ReadonlyMap<number, Holder>> {
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
  const owners = new Map<number, Holder>();
  for (const pid of inodes.size === 0 ? [] : (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const port = inodes.get(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''));
      if (port === undefined) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
      owners.set(port, { pid: Number(pid), command });
    }
  }
  return owners;
}
