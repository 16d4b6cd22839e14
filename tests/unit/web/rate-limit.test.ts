import { afterEach, expect, test, vi } from 'vitest';
import { clientComponent } from '../../../services/client/component.ts';
import { gatewayComponent } from '../../../services/gateway/component.ts';
import { gatewaySettings } from '../../../services/gateway/settings.ts';
import { doorOf, environment } from '../gateway/harness.ts';
import { madeUpApp } from '../gateway/made-up-app.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const doors = {
  gateway: () => doorOf(gatewayComponent, environment(gatewayComponent, 'gateway-1', { app: madeUpApp().app })),
  async client() {
    const { app } = madeUpApp();
    const gateway = await gatewayComponent.create(environment(gatewayComponent, 'gateway-1', { app }));
    return doorOf(clientComponent, environment(clientComponent, 'client-1', { gateway: gateway.handlers }));
  },
};

test.each(['gateway', 'client'] as const)(
  'at the door of the %s one address that sends too much is told when it may come again; another is served',
  async (door) => {
    vi.stubEnv('TIERLAB_RATE_LIMIT', '3');
    const server = await doors[door]();
    const ask = (remoteAddress: string) => server.inject({ url: '/suggest?prefix=a', remoteAddress });
    const replies = [];
    for (let i = 0; i < 8; i++) replies.push(await ask('192.0.2.1'));
    const refused = replies.filter(({ statusCode }) => statusCode === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.json()).toMatchObject({
      code: 'too_many_requests',
      definite: true,
      detail: 'one address may send 3 requests per second',
    });
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect((await ask('192.0.2.2')).statusCode).toBe(200);
  },
);

test('there is no limit unless the environment sets one, and a wrong setting is refused', () => {
  expect(gatewaySettings({}).requestsPerSecond).toBe(0);
  expect(gatewaySettings({ TIERLAB_RATE_LIMIT: '50' }).requestsPerSecond).toBe(50);
  expect(gatewaySettings({ TIERLAB_RATE_LIMIT: '0' }).requestsPerSecond).toBe(0);
  expect(() => gatewaySettings({ TIERLAB_RATE_LIMIT: 'much' })).toThrow('TIERLAB_RATE_LIMIT must be a whole number');
});
