import { isIP } from 'node:net';

/**
 * Whether a Host header can name this machine. A foreign web page can make its own domain name resolve to this machine
 * and then read the answers (DNS rebinding); such a name has a dot. So these are accepted: an address, a name without a
 * dot (`localhost`, a container's name), a name below `localhost` (RFC 6761), and the names in `more`.
 */
export function isOwnHost(host: string | undefined, more: readonly string[] = []): boolean {
  const name = host?.replace(/:\d+$/, '').toLowerCase() ?? '';
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return true;
  return /^[a-z0-9_-]+$/.test(name) || /^(?:[a-z0-9_-]+\.)+localhost$/.test(name) || more.includes(name);
}

/** Further names by which people reach this machine: `TIERLAB_ALLOWED_HOSTS=lab.example.org,lab2.example.org`. */
export function ownHosts(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return (environment.TIERLAB_ALLOWED_HOSTS ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

/** The error message for a foreign name. */
export function foreignHost(host: string | undefined): string {
  return (
    `the name ${JSON.stringify((host ?? '').slice(0, 100))} is not one of this machine: use an address or localhost, ` +
    'or start with TIERLAB_ALLOWED_HOSTS=<name>'
  );
}
