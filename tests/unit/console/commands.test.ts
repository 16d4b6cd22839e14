import { expect, test } from 'vitest';
import { aboutCluster } from '../../../services/console/about.ts';
import { commandsOf, nodeCommands } from '../../../services/console/page/commands.ts';
import type { Commands } from '../../../services/console/page/parts/command.tsx';
import { loadComponents } from '../../../services/registry.ts';
import { loadTopology } from '../../../shared/cluster/topology-file.ts';

const dir = new URL('../../../topologies/', import.meta.url).pathname;
const components = await loadComponents();

async function commandsWith(options: { hosts?: 'by-name'; portBase?: number }): Promise<readonly Commands[]> {
  const about = aboutCluster(await loadTopology('multitier', dir, components, options), 'control-1', true);
  const nodes = about.nodes.flatMap((node) => Object.values(nodeCommands(about, node, 'localhost')));
  return [...Object.values(commandsOf(about, 'localhost')), ...nodes];
}
const only = (kind: keyof Commands, list: readonly Commands[]) => [...new Set(list.flatMap((it) => it[kind] ?? []))];

test('in containers a command runs in the control node, and curl asks the port of the console', async () => {
  const list = await commandsWith({ hosts: 'by-name' });
  for (const cli of only('cli', list))
    expect(cli).toMatch(/^docker compose exec control-1 node dist\/tierlab\.js [a-z]+/);
  for (const curl of only('curl', list)) expect(curl).toMatch(/^curl -s http:\/\/localhost:8090\/api\//);
});

test('at another port base, the command names it; at the usual one, it does not', async () => {
  const usual = await commandsWith({});
  expect(only('cli', usual)).toContain('npm run -s tierlab -- status');
  expect(only('cli', await commandsWith({ portBase: 9_100 }))).toContain(
    'npm run -s tierlab -- status --port-base 9100',
  );
  expect(only('curl', usual)).toContain('curl -s http://localhost:7100/api/availability');
});
