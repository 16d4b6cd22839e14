import { isThisMachine } from '../../shared/net/this-machine.ts';
import { loadError } from './errors.ts';

/** The target of requests. Sockets connect to `hostname` and `port`. */
export interface LoadTarget {
  origin: string;
  tls: boolean;
  hostname: string;
  port: number;
  /** The value of the host header. */
  host: string;
  /** Path and query of the URL as given; "/" when it has none. */
  path: string;
}

/** Parses an http(s) URL. Throws `bad_argument`. */
export function parseTarget(text: string): LoadTarget {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    // The error does not repeat a user name and password in the URL.
    const shown = text.replace(/\/\/[^/]*@/, '//***@');
    throw loadError('bad_argument', `"${shown}" is not a URL: write for example http://127.0.0.1:8000/`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw loadError(
      'bad_argument',
      `"${url.protocol}//" is not supported: the URL must start with http:// or https://`,
    );
  if (url.username || url.password)
    throw loadError('bad_argument', 'a URL must not carry a password: send it with -H "authorization: ..."');
  const tls = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    origin: url.origin,
    tls,
    hostname,
    port: url.port ? Number(url.port) : tls ? 443 : 80,
    host: url.host,
    path: `${url.pathname}${url.search}` || '/',
  };
}

/**
 * Load on another person's machine is an attack, so other machines must be allowed by name. Throws `host_not_allowed`.
 */
export function requireAllowed(target: LoadTarget, allowedHosts: readonly string[]): void {
  if (isThisMachine(target.hostname) || allowedHosts.includes(target.hostname)) return;
  throw loadError(
    'host_not_allowed',
    `${target.hostname} is not this machine: load goes to this machine only. If you may load it, add ` +
      `--allow-host ${target.hostname}`,
  );
}
