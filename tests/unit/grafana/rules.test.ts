import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../../grafana/prometheus');
const promtool = (...args: string[]) => spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
// In CI, a missing promtool is a failure.
const skipped = promtool('--version').error !== undefined && !process.env.CI;

test('rules record and alert as their own tests say', (context) => {
  context.skip(skipped, 'no promtool here; it comes with Debian\'s package "prometheus"');
  const { status, stdout, stderr } = promtool('test', 'rules', 'rules.test.yml');
  expect(`${stdout}${stderr}`).toContain('SUCCESS');
  expect(status).toBe(0);
});

test.for(['prometheus.yml', 'local.yml'])('%s and all that it names is what Prometheus accepts', (file, context) => {
  context.skip(skipped, 'no promtool here; it comes with Debian\'s package "prometheus"');
  const { status, stdout, stderr } = promtool('check', 'config', file);
  expect(status, `${stdout}${stderr}`).toBe(0);
});
