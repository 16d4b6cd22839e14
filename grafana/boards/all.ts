import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { homeBoard } from './home.ts';
import { incidentsBoard } from './incidents.ts';
import { loadBoard } from './load.ts';
import { resilienceBoard } from './resilience.ts';
import { saturationBoard } from './saturation.ts';
import { sloBoard } from './slo.ts';
import { tiersBoard } from './tiers.ts';

/** Every dashboard, by the name of its file in dashboards/. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  home: homeBoard,
  tiers: tiersBoard,
  resilience: resilienceBoard,
  saturation: saturationBoard,
  incidents: incidentsBoard,
  slo: sloBoard,
  load: loadBoard,
};
