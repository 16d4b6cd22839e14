import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { home } from './home.ts';
import { incidents } from './incidents.ts';
import { load } from './load.ts';
import { resilience } from './resilience.ts';
import { saturation } from './saturation.ts';
import { slo } from './slo.ts';
import { tiers } from './tiers.ts';

/** Every dashboard, by the name of its file in dashboards/. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  home,
  tiers,
  resilience,
  saturation,
  incidents,
  slo,
  load,
};
