import { type Given, type Mechanism, mechanismNames, mechanismRow } from './mechanisms.ts';

/**
 * Policies that have a name. What each has is in the list of mechanisms.
 *
 *   resilient  every mechanism, tuning itself: the default
 *   naive      a deadline, and replicas in turn: what one has without middleware
 *   mis-set    the same mechanisms with numbers that somebody chose once and that fit nothing: for comparison only.
 *              Each number looks harmless; `tierlab tune --explain` shows beside it what the measurements say.
 */
export const presetNames = ['naive', 'resilient', 'mis-set'] as const;
export type PresetName = (typeof presetNames)[number];

export const isPreset = (value: unknown): value is PresetName => presetNames.some((name) => name === value);

export function presetOf(preset: PresetName): Record<Mechanism, Given> {
  const given = (name: Mechanism): Given => {
    const { naive = false, misSet = true } = mechanismRow(name);
    return { naive, resilient: true, 'mis-set': misSet }[preset];
  };
  return Object.fromEntries(mechanismNames.map((name) => [name, given(name)])) as Record<Mechanism, Given>;
}
