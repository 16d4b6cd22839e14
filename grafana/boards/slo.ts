import { dashboard } from '../lib/dashboard.ts';
import { lines, number } from '../lib/panels.ts';

const burn = (window: string) =>
  `max by (slo) (slo:errors:ratio_rate${window} / on (topology, slo) (1 - slo:objective:ratio))`;

/** The service level objectives, how much of the error budget is left, and how fast it burns. */
export const sloBoard = () =>
  dashboard({
    uid: 'tierlab-slo',
    title: 'Tierlab: objectives (SLO)',
    description: 'What users are promised for one lesson of an hour, what is left of the budget, and how fast it burns',
    sections: [
      { title: 'Error budget', panels: budget },
      { title: 'How fast the budget burns', panels: burning },
      { title: 'Requests', panels: requests },
    ],
  });

const budget = [
  number({
    title: 'Objective',
    description: 'Share of the requests that must be good. availability: not failed; latency: answered within 0.25 s.',
    unit: 'percentunit',
    queries: { expr: 'max by (slo) (tierlab_slo_objective_ratio)', legend: '{{slo}}' },
    width: 6,
    height: 5,
    empty: 'no door answers',
  }),
  number({
    title: 'Period',
    description: 'The time that the objective is for.',
    unit: 'dtdurations',
    queries: { expr: 'max by (slo) (tierlab_slo_period_seconds)', legend: '{{slo}}' },
    width: 6,
    height: 5,
    empty: 'no door answers',
  }),
  number({
    title: 'Good, in the last hour',
    description: 'The part of the requests that were good.',
    unit: 'percentunit',
    queries: { expr: '1 - max by (slo) (slo:errors:ratio_rate1h)', legend: '{{slo}}' },
    width: 6,
    height: 5,
    decimals: 2,
    empty: 'no traffic yet',
  }),
  number({
    title: 'Budget left',
    description: 'Share of the allowed failures of the last hour that is left. Below 0: objective missed.',
    unit: 'percentunit',
    queries: { expr: 'min by (slo) (slo:budget_left:ratio)', legend: '{{slo}}' },
    width: 6,
    height: 5,
    bad: 0,
    falling: true,
    decimals: 1,
    empty: 'no traffic yet',
  }),
];

const burning = [
  lines({
    title: 'Fast: page',
    description:
      'At burn rate 1 the budget lasts for the period. The page fires when both windows are above 10: ' +
      'a third of the budget in two minutes. The short window ends the alert soon after the trouble.',
    queries: [
      { expr: burn('20s'), legend: '{{slo}} over 20 s' },
      { expr: burn('2m'), legend: '{{slo}} over 2 min' },
    ],
    width: 12,
    bad: 10,
  }),
  lines({
    title: 'Slow: warning',
    description: 'The warning fires when both windows are above 3: half of the budget in ten minutes.',
    queries: [
      { expr: burn('50s'), legend: '{{slo}} over 50 s' },
      { expr: burn('10m'), legend: '{{slo}} over 10 min' },
    ],
    width: 12,
    bad: 3,
  }),
];

const requests = [
  lines({
    title: 'Requests that count',
    description: 'Searches and pages at the doors, per second. Assets do not count.',
    unit: 'reqps',
    queries: { expr: 'sum(slo:requests:rate20s) > 0', legend: 'requests' },
    width: 12,
  }),
  lines({
    title: 'Bad requests',
    description: 'Share of the requests that failed, or took longer than 0.25 s, over 20 s.',
    unit: 'percentunit',
    queries: { expr: 'max by (slo) (slo:errors:ratio_rate20s)', legend: '{{slo}}' },
    width: 12,
  }),
];
