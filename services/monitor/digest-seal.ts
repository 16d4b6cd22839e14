import { timingSafeEqual } from 'node:crypto';
import { RpcError } from '../../shared/rpc/errors.ts';
import { canonicalJson } from '../../shared/security/canonical-json.ts';
import { incarnationKey, mac } from '../../shared/security/heartbeat-keys.ts';
import type { Keyring } from '../../shared/security/keyring.ts';
import type { Digest, SealedDigest } from './contract.ts';

export interface DigestSeal {
  readonly seal: (digest: Digest, to: string) => SealedDigest;
  /**
   * Throws `forbidden` if the monitor that the digest names did not seal the digest for this monitor. Also throws it if
   * an equally new or newer digest of that monitor was opened before.
   */
  readonly open: (sealed: SealedDigest) => Digest;
}

export interface DigestSealOptions {
  readonly monitor: string;
  readonly incarnation: number;
  readonly keys: Pick<Keyring, 'toMonitors' | 'fromNodes'>;
}

/**
 * Monitors believe each other's digests: verdicts, orders and promotions. So a digest is sealed, with the same key as
 * the heartbeats of its sender. A digest that is not newer than all earlier ones of its sender is refused.
 */
export function createDigestSeal({ monitor, incarnation, keys }: DigestSealOptions): DigestSeal {
  const newest = new Map<string, { readonly incarnation: number; readonly number: number }>();
  let last = 0;

  const textOf = ({ digest, incarnation: of, number }: Omit<SealedDigest, 'mac'>, to: string): Buffer =>
    Buffer.from(canonicalJson({ digest, incarnation: of, number, to }));

  return {
    seal(digest, to) {
      const key = keys.toMonitors.get(to);
      if (!key) throw new RpcError('internal', `${monitor} has no key for ${to}`);
      const content = { digest, incarnation, number: ++last };
      return { ...content, mac: mac(key, textOf(content, to)).toString('base64url') };
    },
    open(sealed) {
      const from = sealed.digest.monitor;
      const pair = keys.fromNodes.get(from);
      const expected = pair && mac(incarnationKey(pair, sealed.incarnation), textOf(sealed, monitor));
      const given = Buffer.from(sealed.mac, 'base64url');
      if (!expected || given.length !== expected.length || !timingSafeEqual(given, expected))
        throw new RpcError('forbidden', `this digest is not from ${from.slice(0, 80)}`);
      const before = newest.get(from);
      const isNews =
        !before ||
        sealed.incarnation > before.incarnation ||
        (sealed.incarnation === before.incarnation && sealed.number > before.number);
      if (!isNews) throw new RpcError('forbidden', `this digest of ${from} is not newer than the last one`);
      newest.set(from, { incarnation: sealed.incarnation, number: sealed.number });
      return sealed.digest;
    },
  };
}
