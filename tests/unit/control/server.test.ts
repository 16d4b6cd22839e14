import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createControlServer } from '../../../shared/control/server.ts';

test('a control port keeps a connection longer than the pause between two scrapes', async () => {
  const server = createControlServer(
    [{ method: 'GET', path: '/live', access: 'open', handle: () => ({ alive: true }) }],
    undefined,
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/live`);
  expect(headers.get('keep-alive')).toBe('timeout=65');
});
