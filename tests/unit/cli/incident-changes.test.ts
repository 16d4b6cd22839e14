import { expect, test } from 'vitest';
import { createIncidentChanges } from '../../../cli/incident-changes.ts';
import type { Incident } from '../../../services/monitor/incident.ts';

const open: Incident = {
  id: 'app-1-1000',
  node: 'app-1',
  stamps: { manifest: 1_000, detect: 1_100, diagnose: 2_000 },
  outcome: 'open',
  verdict: 'crashed',
  reasons: [],
  orders: [],
};
const over: Incident = { ...open, stamps: { ...open.stamps, fix: 3_000, steady: 4_000 }, outcome: 'passed' };
const reportOf = (monitor: string, at: number, incidents: Incident[], since = 0) => ({ monitor, since, at, incidents });
const ids = (incidents: readonly Incident[]) => incidents.map(({ id }) => id);

test('an incident is news when it begins and whenever it changes', () => {
  const news = createIncidentChanges();
  expect(news.read(reportOf('m-1', 2_000, [open])).incidents).toEqual([open]);
  expect(news.read(reportOf('m-1', 2_500, [open]))).toEqual({ notes: [], incidents: [] });
  expect(news.read(reportOf('m-1', 4_000, [over])).incidents).toEqual([over]);
});

test('another monitor is named; it repeats open incidents only', () => {
  const news = createIncidentChanges();
  news.read(reportOf('m-1', 5_000, [over]));
  const next = { ...open, id: 'app-2-5000', stamps: { ...open.stamps, manifest: 5_000 } };
  const itsOwn = [{ ...over, id: 'app-1-1007' }, next];
  const { notes, incidents } = news.read(reportOf('m-2', 6_000, itsOwn, 3));
  expect([notes, ids(incidents)]).toEqual([[expect.stringMatching(/\bm-1\b.*\bm-2\b/)], ['app-2-5000']]);
  expect(news.read(reportOf('m-2', 6_500, itsOwn, 3))).toEqual({ notes: [], incidents: [] });
});

test('the silence of the monitors is reported once, and so is its end', () => {
  const news = createIncidentChanges();
  news.read(reportOf('m-1', 5_000, [over]));
  expect([news.missed('no cluster'), news.missed('no cluster')]).toEqual([[expect.stringContaining('no cluster')], []]);
  expect(news.read(reportOf('m-1', 9_000, [over]))).toEqual({ notes: [expect.stringContaining('m-1')], incidents: [] });
});

test('a new start of the cluster is named, and all of its incidents are news', () => {
  for (const monitor of ['m-1', 'm-2']) {
    const news = createIncidentChanges();
    news.read(reportOf('m-1', 5_000, [over]));
    news.missed('no cluster');
    const { notes, incidents } = news.read(reportOf(monitor, 9_000, [over], 8_000));
    expect([notes, ids(incidents)]).toEqual([[expect.stringMatching(`started again.*${monitor}`)], ['app-1-1000']]);
  }
});
