/**
 * The result of one trial at a rate. generator: the load could not be produced, so nothing is known about the server.
 */
export type TrialOutcome = 'pass' | 'fail' | 'generator';

export interface Trial {
  rate: number;
  outcomes: TrialOutcome[];
  passed: boolean;
}

export type Capacity =
  /** The objective holds at `rate` and fails at `failedAt`. */
  | { kind: 'found'; rate: number; failedAt: number }
  /** The objective fails even at the lowest rate. */
  | { kind: 'below'; failedAt: number }
  /** The objective holds even at the highest allowed rate. */
  | { kind: 'above'; rate: number }
  /** The generator reached its limit before the server did. */
  | { kind: 'generator'; rate: number | undefined; failedAt: number };

/**
 * The highest rate that holds: doubling until a rate fails (bracketing), then halving the gap (bisection) until it is
 * within `tolerance` of the rate. A rate holds when most of up to `repeats` trials pass, so that one unlucky trial does
 * not decide.
 */
export async function searchCapacity(
  trial: (rate: number) => Promise<TrialOutcome>,
  options: { from: number; most: number; tolerance: number; repeats: number; onTrial?: (trial: Trial) => void },
): Promise<{ capacity: Capacity; trials: Trial[] }> {
  const { from, most, tolerance, repeats, onTrial } = options;
  const trials: Trial[] = [];
  const majority = Math.floor(repeats / 2) + 1;

  async function holds(rate: number): Promise<TrialOutcome> {
    const outcomes: TrialOutcome[] = [];
    const count = (what: TrialOutcome) => outcomes.filter((outcome) => outcome === what).length;
    while (outcomes.length < repeats && count('pass') < majority && outcomes.length - count('pass') < majority)
      outcomes.push(await trial(rate));
    const passed = count('pass') >= majority;
    const one: Trial = { rate, outcomes, passed };
    trials.push(one);
    onTrial?.(one);
    return passed ? 'pass' : count('generator') >= count('fail') ? 'generator' : 'fail';
  }

  // The bracket: the objective holds at `good` (0: at no rate so far) and fails at `bad`.
  let good = 0;
  let bad = Infinity;
  let last = 'pass' as TrialOutcome;
  async function probe(rate: number): Promise<void> {
    const outcome = await holds(rate);
    if (outcome === 'pass') good = rate;
    else [bad, last] = [rate, outcome];
  }

  for (let rate = from; bad === Infinity; rate = Math.min(rate * 2, most)) {
    await probe(rate);
    if (good === most) return { capacity: { kind: 'above', rate: most }, trials };
  }
  // The first rate failed: try lower rates, down to a sixty-fourth.
  for (let rate = from / 2; good === 0 && rate >= from / 64; rate /= 2) await probe(rate);
  while (good > 0 && bad - good > tolerance * good) await probe((good + bad) / 2);

  if (last === 'generator')
    return { capacity: { kind: 'generator', rate: good > 0 ? good : undefined, failedAt: bad }, trials };
  return {
    capacity: good > 0 ? { kind: 'found', rate: good, failedAt: bad } : { kind: 'below', failedAt: bad },
    trials,
  };
}
