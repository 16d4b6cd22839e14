import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { createNodeIdentities } from '../../../shared/cluster/watchdog/authority.ts';
import { createTlsPort } from '../../../shared/cluster/tls-port.ts';
import { createAuthority, issueIdentity, type Identity } from '../../../shared/security/certificates.ts';
import { identityFile } from '../../../shared/security/identity-source.ts';
import { provenCaller } from '../../../shared/rpc/transports/proven-caller.ts';
import { peerName, tlsClientOptions } from '../../../shared/security/tls.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { listen } from '../../support/listen.ts';

const hourMs = 3_600_000;

test.each([
  ['app-1', 'app-1', 'app-1'],
  [undefined, 'app-1', 'app-1'],
  ['app-2', 'app-1', 'forbidden'],
  ['app-1', undefined, 'unauthenticated'],
])('who claims to be %s with the certificate of %s is %s', (claimed, proven, expected) => {
  const outcome = () => provenCaller(claimed, proven);
  if (expected === 'app-1') expect(outcome()).toBe('app-1');
  else expect(outcome).toThrow(expect.objectContaining({ code: expected }));
});

/** A TLS port whose identity comes from a file, as a node's does; `rewrite` is what the watchdog does. */
async function port(first: Identity) {
  const sim = createSimulation('tls');
  const dir = temporaryFolder();
  const file = path.join(dir, 'b-1.json');
  writeFileSync(file, JSON.stringify(first));
  const source = identityFile(file, sim.scheduler);
  const server = createTlsPort((request, response) => response.end(peerName(request.socket)), source);
  return {
    number: await listen(server),
    async rewrite(identity: Identity) {
      writeFileSync(file, JSON.stringify(identity));
      await sim.run(sim.clock.now() + hourMs);
    },
  };
}

/** Connects as `identity`, wanting `node`: the answer, and whether the session was resumed; or the error's code. */
function ask(to: number, identity: Identity, node: string, session?: Buffer) {
  return new Promise<{ said: string; reused: boolean; session: Buffer | undefined }>((resolve, reject) => {
    let kept: Buffer | undefined;
    let said = '';
    const socket = connect({
      host: '127.0.0.1',
      port: to,
      ...tlsClientOptions(identity, node),
      ...(session && { session }),
    });
    socket.on('session', (ticket: Buffer) => (kept = ticket));
    socket.on('error', (error: Error & { code?: string }) => reject(error));
    socket.write('POST /rpc/x/y HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    socket.on('end', () => {
      resolve({ said: said.split('\r\n\r\n')[1]!, reused: socket.isSessionReused(), session: kept });
      socket.destroy();
    });
  });
}

test('the server knows a caller by its certificate, in a resumed session, too', async () => {
  const authority = await createAuthority('test');
  const [a, b] = await Promise.all(['a-1', 'b-1'].map((node) => issueIdentity(authority, node, ['127.0.0.1'])));
  const { number } = await port(b!);
  const first = await ask(number, a!, 'b-1');
  expect(first).toMatchObject({ reused: false });
  expect(first.said).toContain('a-1');
  const second = await ask(number, a!, 'b-1', first.session);
  expect(second.reused).toBe(true);
  expect(second.said).toContain('a-1');
});

test('certificates of another authority or of another node are refused by the caller', async () => {
  const authority = await createAuthority('test');
  const [a, b] = await Promise.all([issueIdentity(authority, 'a-1', []), issueIdentity(authority, 'b-1', [])]);
  const { number } = await port(b);
  expect((await ask(number, a, 'b-1')).said).toContain('a-1');
  await expect(ask(number, a, 'c-1')).rejects.toThrow();
  const elsewhere = await issueIdentity(await createAuthority('elsewhere'), 'a-1', []);
  await expect(ask(number, elsewhere, 'b-1')).rejects.toThrow();
});

test.each([-3_600_000, 25 * 3_600_000, 20 * 365 * 24 * 3_600_000])(
  'with a wall clock that is %d ms off, certificates count as before',
  async (offMs) => {
    const authority = await createAuthority('test');
    const { ca, cert } = await issueIdentity(authority, 'a-1', []);
    for (const pem of [ca, cert]) {
      const { validFromDate, validToDate } = new X509Certificate(pem);
      expect(validFromDate.getTime()).toBeLessThan(Date.now() + offMs);
      expect(validToDate.getTime()).toBeGreaterThan(Date.now() + offMs);
    }
  },
);

/** The identities of two nodes as their watchdog renews them, in virtual time. */
async function renewed() {
  const sim = createSimulation('authority');
  const dir = temporaryFolder();
  const nodes = ['a-1', 'b-1'].map((id) => ({ id, host: '127.0.0.1' }) as TopologyNode);
  const { fileOf, stop } = await createNodeIdentities(path.join(dir, 'tls'), nodes, sim.scheduler);
  onTestFinished(stop);
  const read = (node: string) => JSON.parse(readFileSync(fileOf(node), 'utf8')) as Identity;
  return {
    read,
    async turn() {
      const before = read('b-1').cert;
      await sim.run(sim.clock.now() + 12 * hourMs);
      await expect.poll(() => read('a-1').cert !== before && read('b-1').cert !== before).toBe(true);
    },
  };
}

test('before and after a renewal nodes believe each other, two renewals apart no more', async () => {
  const { read, turn } = await renewed();
  const first = { a: read('a-1'), b: read('b-1') };
  await turn();
  const second = { a: read('a-1'), b: read('b-1') };
  const { number: early } = await port(first.b);
  expect((await ask(early, second.a, 'b-1')).said).toContain('a-1');
  const { number: late } = await port(second.b);
  expect((await ask(late, first.a, 'b-1')).said).toContain('a-1');
  await turn();
  await turn();
  const { number: last } = await port(read('b-1'));
  await expect(ask(last, first.a, 'b-1')).rejects.toThrow();
  const leaked = { ...first.a, ca: read('a-1').ca };
  // With TLS 1.3 a caller learns after its own handshake that it was refused.
  const said = await ask(last, leaked, 'b-1').then(
    (answer) => answer.said,
    () => undefined,
  );
  expect(said).toBeUndefined();
});

test('a renewed identity counts from the next connection on, without a restart', async () => {
  const [old, current] = await Promise.all([createAuthority('old'), createAuthority('current')]);
  const [a, before, after] = await Promise.all([
    issueIdentity(current, 'a-1', []),
    issueIdentity(old, 'b-1', [], [old.cert, current.cert]),
    issueIdentity(current, 'b-1', []),
  ]);
  const { number, rewrite } = await port(before);
  await expect(ask(number, a, 'b-1')).rejects.toThrow();
  await rewrite(after);
  expect((await ask(number, a, 'b-1')).said).toContain('a-1');
});
