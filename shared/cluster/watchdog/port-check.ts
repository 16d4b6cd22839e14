import { createSocket } from 'node:dgram';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, isIPv6 } from 'node:net';

export type Protocol = 'TCP' | 'UDP';

export interface WantedPort {
  readonly port: number;
  readonly protocol: Protocol;
}

export interface TakenPort extends WantedPort {
  /** The address at which somebody listens already. */
  readonly host: string;
  /** The process that listens, where the system shows it. */
  readonly pid?: number;
  readonly command?: string;
}

/**
 * Which of `ports` are taken at `host`, and by whom. For "localhost", most programs try ::1 first and 127.0.0.1 second.
 * So a TCP port at 127.0.0.1 must be free at ::1, too: otherwise http://localhost:8080 may open another program.
 */
export async function takenPorts(ports: readonly WantedPort[], host: string): Promise<readonly TakenPort[]> {
  const probed = ports.flatMap(({ port, protocol }) => {
    const hosts = host === '127.0.0.1' && protocol === 'TCP' ? [host, '::1'] : [host];
    return hosts.map(async (at) => ({ port, protocol, host: at, free: await isFree[protocol](port, at) }));
  });
  const taken = (await Promise.all(probed)).filter(({ free }) => !free);
  const byProtocol = [...Map.groupBy(taken, ({ protocol }) => protocol)].map(async ([protocol, its]) => {
    const holders = await holdersOf(
      its.map(({ port }) => port),
      protocol,
    );
    return its.map(({ port, host: at }) => ({ port, protocol, host: at, ...holders.get(port) }));
  });
  return (await Promise.all(byProtocol)).flat();
}

/** This machine may have no IPv6: an address that does not exist is not taken. */
const noSuchAddress: ReadonlySet<string | undefined> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

const isFree: Readonly<Record<Protocol, (port: number, host: string) => Promise<boolean>>> = {
  TCP: (port, host) =>
    new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(host === '::1' && noSuchAddress.has(code)));
      probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
    }),
  UDP: (port, host) =>
    new Promise((resolve) => {
      const probe = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      probe.once('error', () => probe.close(() => resolve(false)));
      probe.bind({ port, address: host, exclusive: true }, () => probe.close(() => resolve(true)));
    }),
};

export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/**
 * The tables of the kernel, and the state of a socket that receives: TCP_LISTEN for TCP, TCP_CLOSE for a bound UDP
 * socket.
 */
const tables: Readonly<Record<Protocol, { readonly names: readonly string[]; readonly state: string }>> = {
  TCP: { names: ['tcp', 'tcp6'], state: '0A' },
  UDP: { names: ['udp', 'udp6'], state: '07' },
};

/**
 * Which process listens at each of these ports. Linux: /proc/net/tcp gives the inode of the socket, and /proc/<pid>/fd
 * shows which process has this inode open. On other systems, and if the process belongs to another user, nothing is
 * known.
 */
export async function holdersOf(
  ports: readonly number[],
  protocol: Protocol = 'TCP',
): Promise<ReadonlyMap<number, Holder>> {
  const inodes = new Map<string, number>();
  for (const table of tables[protocol].names.map((name) => `/proc/net/${name}`)) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const columns = line.trim().split(/\s+/);
      const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16);
      const listening = columns[3] === tables[protocol].state;
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
