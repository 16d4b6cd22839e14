import { gatewaySettings } from '../services/gateway/settings.ts';
import { otlpAddress } from '../services/traces/otlp-exporter.ts';
import { UsageError } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The valid values of each variable: as a test, and in words with an example. */
const variables: Readonly<Record<string, { readonly fits: RegExp; readonly words: string }>> = {
  TIERLAB_TLS: { fits: /^[01]$/, words: '1 (on) or 0 (off) is wanted' },
  TIERLAB_CHAOS: { fits: /^[01]$/, words: '1 (faults are taken) or 0 is wanted' },
  TIERLAB_HOSTS: { fits: /^(by-name|loopback)$/, words: '"by-name" or "loopback" is wanted' },
  TIERLAB_LOG: {
    fits: /^(trace|debug|info|warn|error|fatal|silent)$/,
    words: 'one of trace, debug, info, warn, error, fatal, silent is wanted, such as debug',
  },
};

/**
 * Throws UsageError for a setting that a node could not use. Few people read a node's log, so the command checks it.
 */
export function checkEnvironment(environment: Environment): void {
  for (const [name, { fits, words }] of Object.entries(variables)) {
    const value = environment[name];
    if (value !== undefined && value !== '' && !fits.test(value))
      throw new UsageError(`${name}: ${words}, not "${value}"`);
  }
  const { TIERLAB_OTLP_URL: otlpUrl } = environment;
  try {
    if (otlpUrl) otlpAddress(otlpUrl);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  try {
    gatewaySettings(environment);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}, such as 50; 0 means no limit`);
  }
}
