import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { availabilityReport } from '../../../services/monitor/availability-report.ts';
import { nodeAvailability } from '../../../services/monitor/availability.ts';
import { openIncidentLog } from '../../../services/monitor/incident-log.ts';
import { madeTopology } from '../../support/made-topology.ts';
import type { Incident } from '../../../services/monitor/incident.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const incident = (id: string, more: Partial<Incident> = {}): Incident => ({
  id,
  node: 'r-1',
  stamps: { manifest: 100, detect: 200, diagnose: 300, fix: 400 },
  outcome: 'repaired',
  verdict: 'crashed',
  reasons: [],
  orders: [],
  ...more,
});

test('incidents outlive their monitor: the last line about an incident counts, and a cut line is left out', () => {
  const dir = temporaryFolder();
  const first = openIncidentLog(dir, 'monday', 1_000);
  first.note(incident('a', { outcome: 'open' }));
  first.note(incident('a'));
  first.note(incident('b', { outcome: 'open' }));
  first.promoted({ node: 'r-3', instead: 'r-1', token: 2 });
  appendFileSync(path.join(dir, 'incidents.jsonl'), '{"incident":{"id":"c","no');
  const second = openIncidentLog(dir, 'monday', 9_000);
  expect(second.since).toBe(1_000);
  expect(second.incidents()).toEqual([incident('a'), incident('b', { outcome: 'open' })]);
  expect(second.promotions).toEqual([{ node: 'r-3', instead: 'r-1', token: 2 }]);
});

test('another life of the cluster begins a new log', () => {
  const dir = temporaryFolder();
  openIncidentLog(dir, 'monday', 1_000).note(incident('a'));
  const next = openIncidentLog(dir, 'tuesday', 5_000);
  expect([next.since, next.incidents()]).toEqual([5_000, []]);
});

test('the log is bounded, in memory and on disk, and comes back when its folder was lost', () => {
  const dir = temporaryFolder();
  const incidentLog = openIncidentLog(dir, 'monday', 0);
  for (let i = 0; i < 6_000; i++) incidentLog.note(incident(`i-${i % 1_500}`));
  expect(incidentLog.incidents()).toHaveLength(1_000);
  expect(readFileSync(path.join(dir, 'incidents.jsonl'), 'utf8').split('\n').length).toBeLessThanOrEqual(5_001);
  rmSync(dir, { recursive: true });
  incidentLog.note(incident('after'));
  expect(openIncidentLog(dir, 'monday', 0).incidents().at(-1)?.id).toBe('after');
});

test('a service is down only while none of its replicas is up, and the whole while one is that users need', () => {
  const topology = madeTopology([
    { name: 'ranking', components: ['ranking'], replicas: 2, standbys: { cold: 1 } },
    { name: 'app', components: ['app'], replicas: 1 },
    { name: 'control', components: ['chaos', 'console'], replicas: 1 },
  ]);
  const down = (node: string, from: number, to: number) =>
    incident(`${node}-${from}`, { node, stamps: { manifest: from, detect: from, diagnose: from, fix: to } });
  const { nodes, services, whole } = availabilityReport(
    topology,
    [down('ranking-1', 0, 400), down('ranking-2', 300, 500), down('app-1', 800, 900), down('control-1', 600, 700)],
    { from: 0, to: 1_000 },
  );
  expect(nodes.map(({ name, measured }) => [name, measured])).toEqual([
    ['ranking-1', 0.6],
    ['ranking-2', 0.8],
    ['ranking-3', 1],
    ['app-1', 0.9],
    ['control-1', 0.9],
  ]);
  const [ranking, app] = services;
  expect(ranking).toMatchObject({ name: 'ranking', replicas: 2, downMs: 100, failures: 1 });
  expect(ranking!.expected).toBeCloseTo(1 - 0.4 * 0.2, 10);
  expect(app).toMatchObject({ name: 'app', downMs: 100 });
  // Users do not search with the console.
  expect(whole).toMatchObject({ name: 'made', downMs: 200, measured: 0.8, failures: 2 });
  // Without phases of its own, the formula would only repeat what was measured.
  expect(whole.formula).toBeUndefined();
});

test('figures of a time count only the time that the log still holds', () => {
  const log = openIncidentLog(undefined, 'monday', 0);
  // 3,000 failures, one a second, each of half a second.
  for (let i = 0; i < 3_000; i++) {
    const manifest = i * 1_000;
    const stamps = { manifest, detect: manifest, diagnose: manifest, fix: manifest + 500, steady: manifest + 500 };
    log.note({ ...incident(`n-${i}`), node: 'n', outcome: 'repaired', verdict: 'crashed', stamps });
  }
  expect(log.incidents()).toHaveLength(1_000);
  const observed = { from: log.completeSince, to: 3_000_000 };
  const { measured, failures } = nodeAvailability('n', log.incidents(), observed);
  expect([measured, failures]).toEqual([expect.closeTo(0.5, 3), 1_000]);
});
