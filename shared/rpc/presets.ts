import { type Given, type Mechanism, mechanismNames, mechanismRow } from './mechanisms.ts';

/**
 * The named policies. The list of mechanisms says what each contains.
 *
 *   resilient  the default: all mechanisms, except those for experiments
 *   naive      nearly no mechanism: a deadline, round-robin balancing, traces, dedupe and evidence
 *   mis-set    like resilient, without breaker, throttle and outlier. Its numbers were chosen once and never measured.
 *              Each looks harmless; `tierlab tune --explain` shows the measured values beside them.
 */
export const presetNames = ['naive', 'resilient', 'mis-set'] as const;
export type PresetName = (typeof presetNames)[number];

export const isPreset = (value: unknown): value is PresetName => presetNames.some((name) => name === value);

export function presetOf(preset: PresetName): Record<Mechanism, Given> {
  const given = (name: Mechanism): Given => {
    const { onDemand, naive = false, misSet = true } = mechanismRow(name);
    if (onDemand) return false;
    return { naive, resilient: true, 'mis-set': misSet }[preset];
  };
  return Object.fromEntries(mechanismNames.map((name) => [name, given(name)])) as Record<Mechanism, Given>;
}
