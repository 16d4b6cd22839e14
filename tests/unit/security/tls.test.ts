import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { createTlsPort } from '../../../shared/cluster/tls-port.ts';
import { createAuthority, issueIdentity, type Identity } from '../../../shared/security/certificates.ts';
import { identityFile } from '../../../shared/security/identity-source.ts';
import { provenCaller } from '../../../shared/rpc/transports/proven-caller.ts';
import { peerName, tlsClientOptions } from '../../../shared/security/tls.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

const now = Date.now();
const hourMs = 3_600_000;
const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

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
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-tls-'));
  const file = path.join(dir, 'b-1.json');
  writeFileSync(file, JSON.stringify(first));
  const source = identityFile(file, sim.scheduler);
  const server = createTlsPort((request, response) => response.end(peerName(request.socket)), source);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true });
  });
  return {
    number: (server.address() as AddressInfo).port,
    async rewrite(identity: Identity) {
      writeFileSync(file, JSON.stringify(identity));
      await sim.run(sim.clock.now() + hourMs);
    },
  };
}

/** Connects as `identity`, wanting `node`: what the server answers, and whether the session was taken up again; or the error's code. */
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
  const authority = await createAuthority('test', now, hourMs);
  const [a, b] = await Promise.all(
    ['a-1', 'b-1'].map((node) => issueIdentity(authority, node, ['127.0.0.1'], now, hourMs)),
  );
  const { number } = await port(b!);
  const first = await ask(number, a!, 'b-1');
  expect(first).toMatchObject({ reused: false });
  expect(first.said).toContain('a-1');
  const second = await ask(number, a!, 'b-1', first.session);
  expect(second.reused).toBe(true);
  expect(second.said).toContain('a-1');
});

test('certificates that are over, not of this authority or of another node are refused by the caller', async () => {
  const authority = await createAuthority('test', now, hourMs);
  const [a, expired] = await Promise.all([
    issueIdentity(authority, 'a-1', [], now, hourMs),
    issueIdentity(authority, 'b-1', [], now - 10 * hourMs, hourMs),
  ]);
  const { number } = await port(expired);
  await expect(ask(number, a, 'b-1')).rejects.toThrow(/expired/);
  await expect(ask(number, a, 'c-1')).rejects.toThrow();
  const elsewhere = await issueIdentity(await createAuthority('elsewhere', now, hourMs), 'a-1', [], now, hourMs);
  await expect(ask(number, elsewhere, 'b-1')).rejects.toThrow();
});

test('a renewed identity counts from the next connection on, without a restart', async () => {
  const authority = await createAuthority('test', now, hourMs);
  const [a, old, renewed] = await Promise.all([
    issueIdentity(authority, 'a-1', [], now, hourMs),
    issueIdentity(authority, 'b-1', [], now - 10 * hourMs, hourMs),
    issueIdentity(authority, 'b-1', [], now, hourMs),
  ]);
  const { number, rewrite } = await port(old);
  await expect(ask(number, a, 'b-1')).rejects.toThrow(/expired/);
  await rewrite(renewed);
  expect((await ask(number, a, 'b-1')).said).toContain('a-1');
});
