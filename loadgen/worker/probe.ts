import net from 'node:net';
import tls from 'node:tls';
import { failureOf } from '../client/connection.ts';
import { loadError } from '../options/errors.ts';
import type { LoadPlan } from '../options/plan.ts';

/**
 * Connects once before any load, so that a missing target is reported in one sentence. Throws `unreachable`,
 * `own_limit` or `tls`.
 */
export async function probe(plan: LoadPlan): Promise<void> {
  const { target } = plan;
  await new Promise<void>((resolve, reject) => {
    const where = { host: target.hostname, port: target.port };
    const socket = target.tls
      ? tls.connect({
          ...where,
          ...(net.isIP(target.hostname) ? {} : { servername: target.hostname }),
          rejectUnauthorized: !plan.insecure,
          ...(plan.ca === undefined ? {} : { ca: [...tls.rootCertificates, plan.ca] }),
        })
      : net.connect(where);
    socket.setTimeout(Math.min(plan.timeoutMs, 5000), () => {
      socket.destroy();
      reject(
        loadError(
          'unreachable',
          `${target.origin} does not take connections: no answer within ${Math.min(plan.timeoutMs, 5000)} ms`,
        ),
      );
    });
    socket.once(target.tls ? 'secureConnect' : 'connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => reject(unreachable(target.origin, error)));
  });
}

function unreachable(origin: string, error: NodeJS.ErrnoException): Error {
  const { code, detail } = failureOf(error);
  if (code === 'refused')
    return loadError(
      'unreachable',
      `nothing listens at ${origin} (connection refused). If your cluster has another port base, name it with ` +
        '--port-base. npm start starts a cluster',
      error,
    );
  if (code === 'no_files' || code === 'no_ports' || code === 'no_memory')
    return loadError(
      'own_limit',
      `this machine refused a connection to ${origin}: ${detail}. The server is not the cause`,
      error,
    );
  if (code === 'dns') return loadError('unreachable', `the host of ${origin} has no address`, error);
  if (code === 'tls' || code === 'reset')
    return loadError(
      'tls',
      `no secure connection to ${origin}: ${detail}. For a certificate of your own add --ca FILE, or ` +
        '--insecure on a test machine',
      error,
    );
  return loadError('unreachable', `${origin} cannot be reached: ${detail}`, error);
}
