import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { TopologyFile } from '../../../shared/cluster/topology.ts';
import { dataFolder, freePortBase, startCluster, tierlab, until, type TestCluster } from '../../support/cluster.ts';
import { aboutCluster } from '../../../services/console/about.ts';
import type { Snapshot } from '../../../services/console/live/snapshot.ts';
import { commandsOf, nodeCommands } from '../../../services/console/page/commands.ts';
import { mostWork } from '../../../services/console/page/most-work.ts';
import type { UsualTimes } from '../../../services/traces/contract.ts';
import type { Commands } from '../../../services/console/page/parts/command.tsx';
import { expandTopology } from '../../../shared/cluster/topology-file.ts';
import { start } from '../loadgen/run.ts';
import { documentationMatches, scraped } from './documents.ts';
import { isInstalled, startPrometheus, type Prometheus, type Sample } from './prometheus.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const topology = JSON.parse(read('topologies/multitier.json')) as TopologyFile;

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly fieldConfig: { readonly defaults: { readonly thresholds: { readonly steps: readonly Step[] } } };
}
interface Step {
  readonly value: number | null;
  readonly color: string;
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string }[] };
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
}
const dashboards = readdirSync(path.join(root, 'grafana/dashboards')).map(
  (file) => [file, JSON.parse(read(`grafana/dashboards/${file}`)) as Dashboard] as const,
);
const rules = (
  parse(read('grafana/prometheus/rules.yml')) as {
    groups: readonly {
      rules: readonly { record?: string; alert?: string; expr: string; labels?: { slo?: string } }[];
    }[];
  }
).groups.flatMap((group) => group.rules);

/** Queries that have no result in this scenario, and why. */
const notDue: Readonly<Record<string, string>> = {
  'saturation.json: Disk: time of a sync': 'an index is synced only when it is rebuilt',
};

const panelQueries = dashboards.flatMap(([file, { panels }]) =>
  panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ name: `${file}: ${title}`, expr }))),
);
const annotations = dashboards.flatMap(([file, json]) =>
  json.annotations.list.flatMap(({ name, expr }) => (expr ? [{ name: `${file}: ${name}`, expr }] : [])),
);
/** Alerts that this scenario must fire; of the others, the expression only has to be valid. */
const dueAlerts = new Set(['NodeDown', 'MemberLost']);
const ruleQueries = rules
  .filter(({ alert }) => alert === undefined || dueAlerts.has(alert))
  .map(({ record, alert, expr }) => ({ name: `rule ${record ?? alert}`, expr }));

/** The PromQL behind the tiles of the console. */
const about = aboutCluster(expandTopology(topology), 'control-1', true);
const nodeOf = (id: string) => about.nodes.find((node) => node.id === id)!;
const promqlOf = (name: string, commands: Readonly<Record<string, Commands>>) =>
  Object.entries(commands).flatMap(([tile, { promql }]) =>
    promql === undefined ? [] : [{ name: `console, ${name}: ${tile}`, expr: promql }],
  );
const host = '127.0.0.1';
const tiles = commandsOf(about, host);
const consoleQueries = [
  ...promqlOf('overview', tiles),
  // A client answers people only, an app components only, and a gateway both.
  ...['client-1', 'gateway-1', 'app-1'].flatMap((id) => promqlOf(id, nodeCommands(about, nodeOf(id), host))),
];

const installed = isInstalled();
const victim = 'html-2';
const limper = 'ranking-2';
let cluster: TestCluster;
let prometheus: Prometheus;
let dataDir: string;
let loadPort = 0;
const flags = () => ['--port-base', String(cluster.portBase), '--data', dataDir];
const chaos = (...args: readonly string[]) => tierlab('chaos', ...args, ...flags());

const metricsAt = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** Chaos refuses a fault while another node of the group is suspected. On a busy machine, one may be for a moment. */
const policy = async (change: string): Promise<void> =>
  expect(await tierlab('policy', change, ...flags())).toMatchObject({ code: 0 });
const inject = (...fault: readonly string[]): Promise<void> =>
  vi.waitFor(
    async () => {
      const { code, stderr } = await chaos('inject', ...fault);
      expect([code, stderr]).toEqual([0, expect.anything()]);
    },
    { timeout: 15_000, interval: 20 },
  );

// In CI, a missing Prometheus is a failure.
describe.skipIf(!installed && !process.env.CI)('Prometheus scrapes a live cluster', () => {
  beforeAll(async () => {
    if (!installed) throw new Error('Prometheus is not installed here; on Debian: apt-get install prometheus');
    dataDir = await dataFolder(
      Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, title: `water ${i}`, body: `water is wet and page ${i}` })),
    );
    const portBase = await freePortBase();
    loadPort = portBase + 1_599;
    cluster = await startCluster({ dataDir, topology: 'multitier', portBase, env: { TIERLAB_CHAOS: '1' } });
    prometheus = await startPrometheus({ topology, portBase, port: portBase + 1_598, loadPort });
  }, 140_000);

  afterAll(() => prometheus?.stop());

  test('within 30 s of the start: every node is known, nothing is red, and no number is NaN or infinite', async () => {
    // Rates need two scrapes, and rules an evaluation after that.
    await until(async () => (await prometheus.ask('count(node:cpu:rate30s)'))[0]?.value === 21, 30_000);
    const red: string[] = [];
    for (const [file, { panels }] of dashboards)
      for (const { title, type, targets = [], fieldConfig } of panels)
        for (const { expr } of targets) {
          const samples = await prometheus.ask(expr);
          expect([title, expr, samples.filter(({ value }) => !Number.isFinite(value))]).toEqual([title, expr, []]);
          const { steps } = fieldConfig.defaults.thresholds;
          for (const { value } of samples)
            if (type === 'stat' && colorOf(steps, value) === 'red') red.push(`${file}: ${title}: ${value}`);
        }
    expect(red).toEqual([]);
    expect(await prometheus.ask('ALERTS{alertstate="firing"}')).toEqual([]);
    expect(await prometheus.ask('tier:errors:ratio30s{tier=~"client|gateway"}')).toEqual([]);
    expect((await prometheus.ask('node:state:code == 6')).map(({ metric }) => metric['node'])).toHaveLength(21);
  }, 60_000);

  test('before the first request all counters and histograms have series: rates see the first event', async () => {
    const started = new Map<string, boolean>();
    for (const { opsPort } of await cluster.nodes())
      for (const [name, { type, sets }] of scraped(await metricsAt(opsPort)))
        if (name.startsWith('tierlab_') && type !== 'gauge')
          started.set(name, started.get(name) === true || sets.length > 0);
    const late = [...started].flatMap(([name, has]) => (has ? [] : name));
    expect(late.toSorted()).toEqual([]);
  });

  test('the choices of the variables are the components and the nodes', async () => {
    expect(await prometheus.labelValues('component', 'tierlab_rpc_server_calls_total')).toContain('ranking');
    expect(await prometheus.labelValues('node', 'up{job="tierlab"}')).toHaveLength(21);
  });

  test('under load and faults, every query has a result when its time comes; the killed node is named', async () => {
    // Plans are asked for again and again, so the cache has something to do.
    const cache = '{"cache":{"operations":{"query.plan":{"ttlMs":2000}}}}';
    await policy(cache);
    const how = ['-R', '25/s', '-d', '170s', '--metrics-port', String(loadPort), '--quiet'];
    const load = start([`${cluster.client}/search?q=water`, ...how], 170_000);
    onTestFinished(async () => {
      load.kill('SIGINT');
      await load.finished;
    });
    const waiting = new Map(
      [...panelQueries, ...annotations, ...ruleQueries, ...consoleQueries].map(({ name, expr }) => [expr, name]),
    );
    for (const [expr, name] of waiting) if (notDue[name] !== undefined) waiting.delete(expr);
    const askWaiting = async (): Promise<number> => {
      // An error that callers do not mask: the faults cause one only if a call is under way at the wrong moment.
      expect((await fetch(`${cluster.client}/page/no-such-page`)).status).toBe(404);
      for (const [expr, name] of waiting) {
        const samples = await prometheus.ask(expr);
        expect([name, samples.filter(({ value }) => Number.isNaN(value))]).toEqual([name, []]);
        if (samples.length > 0) waiting.delete(expr);
      }
      return waiting.size;
    };

    // A process times only the calls after its first 50, and one of three nodes gets a third of the load.
    // A monitor that used the callers' reports could drain the node first. Then it gets no calls, and nobody ejects it.
    await policy('{"evidence":{"calls":false}}');
    const limp = ['limp.latency', '--target', limper, '--mean-ms', '400', '--ttl', '40s'];
    await inject(...limp);
    await until(async () => (await prometheus.ask(`tierlab_chaos_active{target="${limper}"}`)).length > 0, 15_000);
    await until(async () => (await prometheus.ask('tierlab_rpc_ejected == 1')).length > 0, 20_000);
    await askWaiting();
    await policy('{"evidence":{"calls":true}}');
    // Prometheus takes rates over a longer window than the console, so it needs longer to reach those of a new load.
    await vi.waitFor(tilesAgree, { timeout: 30_000, interval: 1000 });
    await chaos('halt');
    await until(async () => (await prometheus.ask(`node:state:code{node="${limper}"} == 6`)).length > 0, 30_000);

    const kill = ['stop.kill', '--target', victim, '--down-ms', '20000', '--ttl', '40s'];
    await inject(...kill);
    const killedAt = performance.now();
    const worst = 'bottomk(1, node:state:code)';
    const named = ([first]: readonly Sample[]) => first?.metric['node'] === victim && first.value === 0;
    await until(async () => named(await prometheus.ask(worst)), 15_000);
    expect(performance.now() - killedAt).toBeLessThan(15_000);
    expect(await prometheus.ask('count(node:state:code == 0)')).toMatchObject([{ value: 1 }]);
    await until(async () => (await prometheus.ask(`node:requests:rate30s{node="${victim}"}`)).length === 0, 15_000);
    // The two rules are evaluated some seconds apart.
    await until(async () => {
      const [whole] = await prometheus.ask('tier:requests:rate30s{tier="html"}');
      const [living] = await prometheus.ask('node:requests:rate30s{node="html-1"}');
      return Math.abs(whole!.value - living!.value) < 0.1 * living!.value;
    }, 20_000);
    await until(
      async () => (await prometheus.ask('ALERTS{alertname="NodeDown", alertstate="firing"}')).length > 0,
      20_000,
    );

    await until(async () => (await askWaiting()) === 0, 60_000).catch(() => undefined);
    expect([...waiting.values()]).toEqual([]);
    for (const { alert, expr } of rules) if (alert !== undefined) await prometheus.ask(expr);
    const living = (await cluster.nodes()).filter(({ id }) => id !== victim);
    const ports = [...living.map(({ opsPort }) => opsPort), loadPort];
    documentationMatches(await Promise.all(ports.map(metricsAt)));
  }, 170_000);

  test('the curl and terminal commands behind the tiles of the console run', async () => {
    const live = aboutCluster(expandTopology(topology, { portBase: cluster.portBase }), 'control-1', true);
    const app = live.nodes.find(({ id }) => id === 'app-1')!;
    const all: readonly Commands[] = [commandsOf(live, host), nodeCommands(live, app, host)].flatMap((it) =>
      Object.values(it),
    );
    for (const address of new Set(all.flatMap(({ curl = '' }) => /http:\S+/.exec(curl) ?? [])))
      expect([address, (await fetch(address)).status]).toEqual([address, 200]);
    const lines = new Set(all.flatMap(({ cli = '' }) => /^npm run -s tierlab -- (.*)$/.exec(cli)?.[1] ?? []));
    // Without `-f`, which goes on until Ctrl-C.
    const runs = [...lines].map((line) => line.split(' ').filter((word) => word !== '-f'));
    for (const words of runs) expect([words, (await tierlab(...words, '--data', dataDir)).code]).toEqual([words, 0]);
  });

  test('when Prometheus has stopped, the console goes on', async () => {
    await prometheus.stop();
    const page = new AbortController();
    const stream = await fetch(`${cluster.console}/api/stream`, {
      signal: AbortSignal.any([page.signal, AbortSignal.timeout(10_000)]),
    });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of stream.body!) {
      text += decoder.decode(chunk, { stream: true });
      if (text.split('event: snapshot').length > 4) break;
    }
    page.abort();
    const numbers = [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
    expect(new Set(numbers).size).toBeGreaterThanOrEqual(3);
  }, 30_000);
});

/** Under steady load, the commands behind the tiles print what the tiles show. */
async function tilesAgree(): Promise<void> {
  const { door } = (await (await fetch(`${cluster.console}/api/now`)).json()) as Snapshot;
  const valueOf = async ({ promql }: { promql: string }): Promise<number> => (await prometheus.ask(promql))[0]!.value;
  expect((await valueOf(tiles.requests)) / door.rate).toBeCloseTo(1, 0);
  expect(await valueOf(tiles.success)).toBeCloseTo(door.ok!, 1);
  const { whole } = JSON.parse((await tierlab('availability', '--json', ...flags())).stdout) as {
    whole: { measured: number };
  };
  expect(await valueOf(tiles.availability)).toBeCloseTo(whole.measured, 1);
  const times = JSON.parse((await tierlab('trace', '--times', '--json', ...flags())).stdout) as UsualTimes;
  const [busiest, ...more] = await prometheus.ask(tiles.times.promql);
  expect(more).toEqual([]);
  expect(busiest!.value).toBeCloseTo(mostWork(times)!.share, 1);
  // The scrape is some seconds old. When two components work about as much, it may name the other one.
  const all = times.tiers.reduce((sum, { workMs }) => sum + workMs, 0);
  const same = times.tiers.find(({ component }) => component === busiest!.metric['component'])!;
  expect(same.workMs / all).toBeCloseTo(busiest!.value, 1);
}

function colorOf(steps: readonly Step[], value: number): string | undefined {
  return steps.findLast((step) => step.value === null || value >= step.value)?.color;
}
