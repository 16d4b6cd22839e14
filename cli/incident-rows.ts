import { orderWords, repairTimes, type Incident, type Stamps } from '../services/monitor/incident.ts';
import { timeSpan } from '../shared/time-span.ts';
import { clockTime } from '../shared/clock-time.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** The first sign of some failures is the doubt itself: nobody saw a wrong or refused answer before it. */
const detection = ({ manifest, detect }: Stamps): string => (manifest === detect ? '-' : timeSpan(detect - manifest));

const repairs = ({ orders }: Incident): string => orders.map(orderWords).join(', ') || '-';

/** A head, and a row for each incident. */
export function incidentRows(list: readonly Incident[], terminal: Terminal): readonly string[] {
  const paint = ({ outcome }: Incident) =>
    outcome === 'open' ? terminal.bad : outcome === 'repaired' ? terminal.good : String;
  return table(
    list,
    [
      { head: 'began', text: ({ stamps }) => clockTime(stamps.manifest), width: 8 },
      { head: 'node', text: ({ node }) => node, width: 12 },
      { head: 'diagnosis', text: ({ verdict }) => verdict ?? 'in doubt', width: 11 },
      { head: 'detection', text: ({ stamps }) => detection(stamps), align: 'right' },
      { head: '+ diagnosis', text: ({ stamps }) => timeSpan(repairTimes(stamps).diagnosisMs), align: 'right' },
      { head: '+ fix', text: ({ stamps }) => timeSpan(repairTimes(stamps).fixMs), align: 'right' },
      { head: '= time to repair', text: ({ stamps }) => timeSpan(repairTimes(stamps).repairMs), align: 'right' },
      { head: 'outcome', text: ({ outcome }) => outcome, paint, width: 8 },
      { head: 'orders', text: repairs },
    ],
    terminal.dim,
  );
}
