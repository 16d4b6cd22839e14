import { exec } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { aboutCluster } from '../../../services/console/about.ts';
import { commandsOf, nodeCommands } from '../../../services/console/page/commands.ts';
import type { Commands } from '../../../services/console/page/parts/command.tsx';
import { listen } from '../../support/listen.ts';
import { topologyNamed } from '../../support/topologies.ts';

type Options = { hosts?: 'by-name'; portBase?: number };
const aboutWith = async (options: Options, topology = 'multitier') =>
  aboutCluster(await topologyNamed(topology, options), 'control-1', true);

async function commandsWith(options: Options): Promise<readonly Commands[]> {
  const about = await aboutWith(options);
  const nodes = about.nodes.flatMap((node) => Object.values(nodeCommands(about, node, 'localhost')));
  return [...Object.values(commandsOf(about, 'localhost')), ...nodes];
}

/** The commands of all tiles: not those of the latency matrix and of the log, which are no tiles. */
async function tilesWith(options: Options): Promise<readonly (readonly [tile: string, commands: Commands])[]> {
  const about = await aboutWith(options);
  const { latency: _matrix, ...overview } = commandsOf(about, 'localhost');
  const nodes = about.nodes.flatMap((node) => {
    const { log: _log, ...tiles } = nodeCommands(about, node, 'localhost');
    // Nobody counts the requests of people that are in flight.
    return Object.entries<Commands>(tiles).filter(([tile]) => node.hasOperations || tile !== 'inFlight');
  });
  return [...Object.entries<Commands>(overview), ...nodes];
}
const only = (kind: keyof Commands, list: readonly Commands[]) => [...new Set(list.flatMap((it) => it[kind] ?? []))];

test('in containers the control node asks the nodes, because only ports for people can be reached', async () => {
  const list = await commandsWith({ hosts: 'by-name' });
  for (const cli of only('cli', list))
    expect(cli).toMatch(/^docker compose (exec control-1 node dist\/tierlab\.js [a-z]+|logs -f \S+$)/);
  for (const curl of only('curl', list))
    expect(curl).toMatch(/^(curl -s http:\/\/localhost:8090\/api\/now$|docker compose exec control-1 node -e "[^"]+")/);
  expect(only('curl', list)).toContain(
    'docker compose exec control-1 node -e ' +
      '"console.log(await (await fetch(\'http://app-1:8115/admin/live\')).text())"',
  );
  expect(only('cli', list)).toContain('docker compose logs -f app-1');
});

test.each([{}, { hosts: 'by-name' } as const])('every tile has all three commands (%o)', async (options) => {
  for (const [tile, commands] of await tilesWith(options))
    expect([tile, commands]).toEqual([
      tile,
      { curl: expect.any(String), promql: expect.any(String), cli: expect.any(String) },
    ]);
});

test('at another port base, the command names it; at the usual one, it does not', async () => {
  const usual = await commandsWith({});
  expect(only('cli', usual)).toContain('npm run -s tierlab -- status');
  expect(only('cli', await commandsWith({ portBase: 9_100 }))).toContain(
    'npm run -s tierlab -- status --port-base 9100',
  );
  expect(only('curl', usual)).toContain('curl -s http://localhost:7100/api/availability');
});

test('where one node hosts all components, each address has the port of its component', async () => {
  const { latency, availability } = commandsOf(await aboutWith({}, 'single-server'), 'localhost');
  expect(latency.curl).toBe('curl -s http://localhost:8090/api/now');
  expect(availability.curl).toBe('curl -s http://localhost:7100/api/availability');
});

test('the command that a container runs prints the answer of the node', async () => {
  const server = createServer((_request, response) => response.end('{"upMs":1}'));
  const about = await aboutWith({ hosts: 'by-name' });
  const port = await listen(server);
  const { rate } = nodeCommands(about, { ...about.nodes[0]!, id: '127.0.0.1', opsPort: port }, 'localhost');
  const [, script] = /^docker compose exec control-1 node (-e .*)$/.exec(rate.curl)!;
  const { stdout } = await promisify(exec)(`'${process.execPath}' ${script}`);
  expect(stdout).toBe('{"upMs":1}\n');
});
