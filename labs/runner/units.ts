import { LabUsageError } from './errors.ts';
import type { Quantity, Unit } from './lab.ts';

/** How people write each unit; the first is the one that is shown. */
const spellings: Readonly<Record<Unit, readonly string[]>> = {
  ms: ['ms'],
  s: ['s'],
  '%': ['%'],
  '/s': ['/s'],
  count: [''],
  none: [''],
};

/** Factors between units of one kind: a prediction of `.1s` is 100 ms. */
const factors: Readonly<Record<string, number>> = { 'ms>s': 0.001, 's>ms': 1_000 };

/** Shares are kept as 0 to 1 and shown in percent. */
const scaleOf = (unit: Unit): number => (unit === '%' ? 100 : 1);

/** How a unit is written after a number; '' for numbers without a unit. */
export const suffixOf = (unit: Unit): string => spellings[unit][0]!;

/** `0.2078`, `ms` -> `20.8 ms`; four significant digits at most. */
export function withUnit(value: number, unit: Unit): string {
  const suffix = suffixOf(unit);
  return `${digits(value * scaleOf(unit))}${/^[a-z]/.test(suffix) ? ' ' : ''}${suffix}`;
}

export function digits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'unlimited' : value < 0 ? '-unlimited' : 'none';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 0.001) return value.toExponential(2);
  return String(Number(size >= 1_000 ? value.toFixed(0) : value.toPrecision(4)));
}

/** Reads `25, 50ms, .075 s` for three quantities in ms. Throws one clear sentence for a wrong number, unit or count. */
export function parsePrediction(text: string, quantities: readonly Quantity[]): readonly number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== quantities.length)
    throw new LabUsageError(
      `${quantities.length} predictions are wanted, separated by commas ` +
        `(${quantities.map(({ label }) => label).join('; ')}), not ${parts.length}`,
    );
  return parts.map((part, i) => parseOne(part, quantities[i]!));
}

export function parseOne(text: string, { label, unit }: Quantity): number {
  const [, number, given] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/i.exec(text) ?? [];
  const wanted = suffixOf(unit);
  const example = `such as 12${wanted}`;
  if (number === undefined) throw new LabUsageError(`${label}: a number is wanted, ${example}, not "${text}"`);
  if (given!.startsWith(','))
    throw new LabUsageError(
      `${label}: a number has a decimal point and no comma, such as 12.5${wanted}, not "${text}"`,
    );
  const value = Number(number);
  if (!Number.isFinite(value)) throw new LabUsageError(`${label}: "${text}" is too large`);
  if (given === '' || spellings[unit].includes(given!)) return value / scaleOf(unit);
  const factor = factors[`${given}>${unit}`];
  if (factor === undefined)
    throw new LabUsageError(
      `${label}: ${wanted === '' ? 'a number without a unit is wanted' : `the unit is ${wanted}`}, not "${given}"`,
    );
  return value * factor;
}
