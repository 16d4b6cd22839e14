import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compose, get, servicesOf, type Answer } from './cluster.ts';
import { findEngine, type Engine } from './engine.ts';

/** One topology beside the default one: its compose file lies in a folder of its own. */
const file = 'topologies/compose/service-across-servers/docker-compose.yml';
const found = await findEngine(`${process.env.TIERLAB_COMPOSE_PROJECT ?? `tierlab-test-${process.pid}`}-middle`);
const engine = found as Engine;

describe('docker compose with the file of another topology', () => {
  let services: readonly string[] = [];

  beforeAll(async () => {
    if (typeof found === 'string') return;
    services = servicesOf(file);
    await compose(engine, '-f', file, 'build');
    await compose(engine, '-f', file, 'up', '-d', ...services);
  });

  afterAll(async () => {
    if (typeof found !== 'string') await engine.compose('-f', file, 'down', '--volumes', '--remove-orphans');
  });

  beforeEach((context) => {
    context.skip(typeof found === 'string', typeof found === 'string' ? found : '');
  });

  test('a search is answered by the middle server and a back end of each part', async () => {
    expect(services).toContain('middle-1');
    const port = (await compose(engine, '-f', file, 'port', 'middle-1', '8000')).trim();
    const search = () => get(`http://${port}/api/search?q=domestic+dog&size=3`).catch(() => undefined);
    await expect.poll(async () => (await search())?.status, { timeout: 110_000, interval: 500 }).toBe(200);
    const { results, servedBy } = (await (await search())!.json()) as Answer;
    expect(results[0]).toMatchObject({ id: 'n02086723' });
    for (const part of ['middle-1', 'server-1-', 'server-2-'])
      expect(servedBy.some((node) => node.startsWith(part))).toBe(true);
  });
});
