/** The options of a run as commander returns them: texts, which `buildPlan` reads. */
export interface RunFlags {
  rate?: string;
  connections?: string;
  users?: string;
  think?: string;
  duration?: string;
  stages?: string;
  arrivals?: string;
  recorded?: string;
  speed?: string;
  header?: string[];
  method?: string;
  body?: string;
  workload?: string;
  scenario?: string;
  requests?: string;
  words?: string;
  vocabulary?: string;
  zipf?: string;
  depth?: string;
  pause?: string;
  seed?: string;
  workers?: string;
  precise?: boolean;
  timeout?: string;
  verify?: string | boolean;
  check?: string;
  slo?: string;
  threshold?: string[];
  insecure?: boolean;
  ca?: string;
  allowHost?: string[];
  portBase?: string;
  long?: boolean;
}

/** Small limits, so that a typing error harms nobody; `--long` lifts those of duration and rate. */
export const bounds = { durationMs: 10 * 60_000, ratePerSecond: 50_000, connections: 10_000, workers: 64 } as const;
