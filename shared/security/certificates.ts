/** What a node shows to others, and how it knows theirs; all PEM. */
export interface Identity {
  /** Whom it trusts: the authority of its own cluster, and nobody else. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Who may issue certificates: whoever holds this can be anybody in the cluster. */
export interface Authority {
  readonly cert: string;
  readonly key: string;
}

/** Clocks of two machines may differ by this, ms. */
const skewMs = 5 * 60_000;

/** P-256 signs in a tenth of RSA's time, and every implementation has it. */
const keys = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** A fresh authority, valid from `now` (wall clock, ms) for `lifeMs`. */
export async function createAuthority(name: string, now: number, lifeMs: number): Promise<Authority> {
  const { default: selfsigned } = await import('selfsigned');
  const made = await selfsigned.generate([{ name: 'commonName', value: name }], {
    ...keys,
    notBeforeDate: new Date(now - skewMs),
    notAfterDate: new Date(now + lifeMs),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/**
 * A node's identity: its id is the common name, by which servers know who calls, and an alternative name, by which callers check whom
 * they have reached - whatever address led there. `hosts` = names and addresses under which it is also known.
 */
export async function issueIdentity(
  authority: Authority,
  node: string,
  hosts: readonly string[],
  now: number,
  lifeMs: number,
): Promise<Identity> {
  const [{ default: selfsigned }, { isIP }] = await Promise.all([import('selfsigned'), import('node:net')]);
  const names = [...new Set([node, ...hosts])];
  const made = await selfsigned.generate([{ name: 'commonName', value: node }], {
    ...keys,
    ca: authority,
    notBeforeDate: new Date(now - skewMs),
    notAfterDate: new Date(now + lifeMs),
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
  return { ca: authority.cert, cert: made.cert, key: made.private };
}
