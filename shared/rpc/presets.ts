/** Policies that have a name:
 *
 *   resilient  every mechanism, tuning itself: the default
 *   naive      a deadline, and replicas in turn: what one has without middleware
 *   mis-set    the same mechanisms with numbers that somebody chose once and that fit nothing: for comparison only
 */
export const presetNames = ['naive', 'resilient', 'mis-set'] as const;
export type PresetName = (typeof presetNames)[number];

/** Mechanisms by name: on with the defaults, off, or some settings. */
export type Given = Partial<Record<string, object | boolean>>;

export const isPreset = (value: unknown): value is PresetName => presetNames.some((name) => name === value);

export const inTurn = { by: 'round_robin', panicShare: 0, slowStartMs: 0 };

const naive: Given = { deadline: true, balance: inTurn, dedupe: true };

/** Each number looks harmless by itself. `tierlab tune --explain` shows beside each what the measurements say. */
const misSet: Given = {
  // Below the tail of a busy machine: good answers are thrown away shortly before they come.
  attemptTimeout: { fixedMs: 25 },
  // Below the median: nearly every call is made twice, and nothing bounds that.
  hedge: { fixedDelayMs: 2, ratio: 1, compositeRatio: 1, reserve: 1_000, blind: true },
  // Five at every level: a failure below is tried 5 x 5 x 5 times.
  retry: { maxAttempts: 5, baseMs: 1, maxMs: 2, anyDepth: true },
  budget: { ratio: 1, reserve: 1_000 },
  // More than the machine can do at a time: everything queues, nothing is refused.
  admission: { fixedLimit: 1_000, lagMs: 60_000 },
  balance: inTurn,
  outlier: false,
  breaker: false,
  throttle: false,
};

/** What `name` has; `all` = the names of all mechanisms. */
export function presetOf(name: PresetName, all: readonly string[]): Given {
  if (name === 'naive') return naive;
  const everything: Given = Object.fromEntries(all.map((mechanism) => [mechanism, true]));
  return name === 'resilient' ? everything : { ...everything, ...misSet };
}
