/** The certificate that a node presents, and the authorities by which it checks other certificates; all PEM. */
export interface Identity {
  /** The only authorities that it trusts: those of its own cluster. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Issues certificates. Whoever holds its key can pose as any node of the cluster. */
export interface Authority {
  readonly cert: string;
  readonly key: string;
}

/**
 * Certificates have no expiry date, because wall clocks jump and a node must still be let in. A certificate is valid as
 * long as other nodes trust its authority. The watchdog uses its monotonic clock to decide when a new authority
 * replaces the old one. The year 9999 means "no end" (RFC 5280, section 4.1.2.5).
 */
const always = {
  notBeforeDate: new Date('1970-01-01T00:00:00Z'),
  notAfterDate: new Date('9999-12-31T23:59:59Z'),
} as const;

/** P-256 signs in a tenth of the time of RSA, and every implementation supports it. */
const keys = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export async function createAuthority(name: string): Promise<Authority> {
  const { default: selfsigned } = await import('selfsigned');
  const made = await selfsigned.generate([{ name: 'commonName', value: name }], {
    ...keys,
    ...always,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/**
 * A node's identity: its id is the common name, by which servers identify the caller. It is also an alternative name,
 * by which callers check the node that they reached, at whatever address. `hosts` = further names and addresses of the
 * node; `trusted` = the certificates of all authorities that the node trusts.
 */
export async function issueIdentity(
  authority: Authority,
  node: string,
  hosts: readonly string[],
  trusted: readonly string[] = [authority.cert],
): Promise<Identity> {
  const [{ default: selfsigned }, { isIP }] = await Promise.all([import('selfsigned'), import('node:net')]);
  const names = [...new Set([node, ...hosts])];
  const made = await selfsigned.generate([{ name: 'commonName', value: node }], {
    ...keys,
    ca: authority,
    ...always,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { ca: trusted.join('\n'), cert: made.cert, key: made.private };
}
