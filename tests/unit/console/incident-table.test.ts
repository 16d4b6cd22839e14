import { expect, test } from 'vitest';
import { incidentTable } from '../../../services/console/incident-table.ts';
import type { Incident } from '../../../services/monitor/incident.ts';

const repaired: Incident = {
  id: 'app-1-1000',
  node: 'app-1',
  stamps: { manifest: 1_000, detect: 1_470, diagnose: 2_470, fix: 5_470, steady: 9_000 },
  outcome: 'repaired',
  verdict: 'hung',
  reasons: ['connections are accepted, and nothing answers'],
  orders: [
    { at: 2_500, order: 'restart', result: 'already' },
    { at: 2_600, order: 'drain', result: 'done' },
    { at: 2_700, order: 'quarantine', result: 'refused', detail: '<its machine is gone>' },
    { at: 2_800, order: 'quarantine', result: 'refused' },
  ],
};

/** The cells of each row as a reader sees them. */
function cells(incidents: readonly Incident[]): string[][] {
  const html = incidentTable(incidents).text;
  const rows = html.match(/<tr.*?<\/tr>/g) ?? [];
  const plain = (text: string) => text.replaceAll(/<[^>]*>/g, '').trim();
  return rows.map((row) =>
    row
      .split(/<t[hd]\b/)
      .slice(1)
      .map((cell) => plain(`<${cell}`)),
  );
}

test('a row adds its times up, and tells how it went and what was ordered', () => {
  const [head, row] = cells([repaired]);
  expect(new Set(head).size).toBe(head!.length);
  expect(Object.fromEntries(head!.map((name, i) => [name, row![i]]))).toMatchObject({
    node: 'app-1',
    diagnosis: 'hung connections are accepted, and nothing answers',
    detection: '0.47 s',
    '+ diagnosis': '1.00 s',
    '+ fix': '3.00 s',
    '= time to repair': '4.47 s',
    outcome: 'repaired',
    orders: 'restart (already), drain, quarantine (refused) ×2',
  });
});

test('what is open has no time to repair yet; the newest is first; doubts are left out', () => {
  const open: Incident = {
    ...repaired,
    id: 'b',
    node: 'app-2',
    outcome: 'open',
    stamps: { manifest: 7_000, detect: 7_100 },
    orders: [],
  };
  const doubt: Incident = { ...repaired, id: 'c', outcome: 'doubt' };
  const [, first, second, third] = cells([repaired, open, doubt]);
  expect(first!.slice(3)).toEqual(['0.10 s', '-', '-', '-', 'open', '-']);
  expect([second![1], third]).toEqual(['app-1', undefined]);
});

test('every word has its meaning beside it, and what others wrote stays text', () => {
  const html = incidentTable([repaired]).text;
  for (const word of ['alive', 'quarantined', 'limping', 'passed', 'doubt', 'already', 'stale', 'detection'])
    expect(html).toMatch(new RegExp(`<dt>${word}</dt> <dd>\\w`));
  expect(html).toContain('&lt;its machine is gone&gt;');
});
