/** What a node shows to others, and how it knows theirs; all PEM. */
export interface Identity {
  /** Whom it trusts: the authorities of its own cluster, and nobody else. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Who may issue certificates: whoever holds this can be anybody in the cluster. */
export interface Authority {
  readonly cert: string;
  readonly key: string;
}

/**
 * No clock decides whether a certificate counts: machines' wall clocks jump, and a node must be let in all the same. A
 * certificate counts as long as others trust its authority, which the watchdog changes by its own monotonic clock.
 * 9999: "no end" (RFC 5280, section 4.1.2.5).
 */
const always = {
  notBeforeDate: new Date('1970-01-01T00:00:00Z'),
  notAfterDate: new Date('9999-12-31T23:59:59Z'),
} as const;

/** P-256 signs in a tenth of RSA's time, and every implementation has it. */
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
 * A node's identity: its id is the common name, by which servers know who calls, and an alternative name, by which
 * callers check whom they have reached - whatever address led there. `hosts` = names and addresses under which it is
 * also known; `trusted` = the certificates of all authorities that the node is to believe.
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
