import { bytes, preciseDuration } from '../../../../web/numbers.ts';
import type { PlacementName } from '../names.ts';
import type { Cost } from './runner.ts';

/** The table of the costs. */
export function createCounters(document: Document) {
  return {
    show(name: PlacementName, { traffic, workedMs, before }: Cost): void {
      const row = document.querySelector<HTMLElement>(`tr[data-placement="${name}"]`)!;
      const values: Record<string, string> = {
        roundTrips: String(traffic.roundTrips),
        sent: bytes(traffic.sentBytes),
        received: bytes(traffic.receivedBytes),
        works: preciseDuration(workedMs),
        waits: preciseDuration(traffic.waitedMs),
        before: bytes(before.receivedBytes),
      };
      for (const [field, text] of Object.entries(values))
        row.querySelector(`[data-field="${field}"]`)!.textContent = text;
      row.dataset['cost'] = JSON.stringify({ roundTrips: traffic.roundTrips, workedMs, waitedMs: traffic.waitedMs });
    },
  };
}
