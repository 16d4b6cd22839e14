import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { targets } from '../../../grafana/targets.ts';
import { expandTopology } from '../../../shared/cluster/topology-file.ts';
import type { TopologyFile } from '../../../shared/cluster/topology.ts';
import { asAsked } from '../../support/promql.ts';
import { until } from '../../support/cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const rules = path.resolve(import.meta.dirname, '../../../grafana/prometheus/rules.yml');

export const isInstalled = (): boolean => spawnSync('prometheus', ['--version']).error === undefined;

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  /** The result of an expression at this moment. Throws where Prometheus calls it wrong. */
  readonly ask: (expr: string) => Promise<readonly Sample[]>;
  readonly labelValues: (label: string, metric: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

export interface ScrapeOptions {
  readonly topology: TopologyFile;
  readonly portBase: number;
  /** Where Prometheus listens. */
  readonly port: number;
  readonly loadPort: number;
}

/** Debian's Prometheus with the rules of this project, which scrapes a cluster of this machine and a run of load. */
export async function startPrometheus({ topology, portBase, port, loadPort }: ScrapeOptions): Promise<Prometheus> {
  const dir = temporaryFolder();
  copyFileSync(rules, path.join(dir, 'rules.yml'));
  writeFileSync(path.join(dir, 'nodes.json'), targets(expandTopology(topology, { portBase })));
  const config = {
    global: { scrape_interval: '5s', scrape_timeout: '2s', evaluation_interval: '5s' },
    rule_files: ['rules.yml'],
    scrape_configs: [
      { job_name: 'tierlab', honor_labels: true, file_sd_configs: [{ files: ['nodes.json'] }] },
      { job_name: 'load', static_configs: [{ targets: [`127.0.0.1:${loadPort}`] }] },
    ],
  };
  // JSON is YAML.
  writeFileSync(path.join(dir, 'prometheus.yml'), JSON.stringify(config));
  const child = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      `--storage.tsdb.path=${dir}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const api = `http://127.0.0.1:${port}/api/v1`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${errors}`);
    return fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }, 20_000);
  return {
    async ask(expr) {
      const answer = await get(`${api}/query?query=${encodeURIComponent(asAsked(expr))}`, expr);
      const { result } = answer as { result: { metric: Sample['metric']; value: [number, string] }[] };
      return result.map(({ metric, value }) => ({ metric, value: toNumber(value[1]) }));
    },
    labelValues: async (label, metric) =>
      (await get(`${api}/label/${label}/values?match[]=${encodeURIComponent(metric)}`, metric)) as string[],
    stop: () => ended(child),
  };
}

const toNumber = (text: string): number => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

async function get(url: string, expr: string): Promise<unknown> {
  const body = (await (await fetch(url)).json()) as { status: string; error?: string; data: unknown };
  if (body.status !== 'success') throw new Error(`${expr}: ${body.error}`);
  return body.data;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
