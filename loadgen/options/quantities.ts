import { headerProblem, trimmed } from '../workload/request-check.ts';
import { loadError } from './errors.ts';

const durationUnitsMs: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of "250ms", "10s", "1m30s", "1.5h"; a bare number is seconds. Throws `bad_argument` naming the option.
 */
export function parseDuration(text: string, option?: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  const parts = trimmed.match(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g);
  if (!parts || parts.join('') !== trimmed)
    throw loadError('bad_argument', `${of(option)}"${text}" is not a duration: write for example 250ms, 10s or 1m30s`);
  return parts.reduce((sum, part) => {
    const [, value, unit] = /^(\d+(?:\.\d+)?)(\D+)$/.exec(part) ?? [];
    return sum + Number(value) * (durationUnitsMs[unit ?? ''] ?? 0);
  }, 0);
}

function of(option: string | undefined): string {
  return option === undefined ? '' : `${option}: `;
}

/** Events per second of "2000/s", "120/m", "2k/s", "2000". Throws `bad_argument` naming the option. */
export function parseRate(text: string, option?: string): number {
  const match = /^(\d+(?:\.\d+)?)(k?)(?:\/(s|m|h))?$/.exec(text.trim());
  if (!match)
    throw loadError('bad_argument', `${of(option)}"${text}" is not a rate: write for example 2000/s, 2k/s or 90/m`);
  const perUnit = { s: 1, m: 60, h: 3600 }[match[3] ?? 's'] ?? 1;
  return (Number(match[1]) * (match[2] === 'k' ? 1000 : 1)) / perUnit;
}

/** A whole number within bounds. Throws `bad_argument` naming the option. */
export function parseInteger(text: string, option: string, least: number, most: number): number {
  const value = /^\d+(_\d+)*$/.test(text.trim()) ? Number(text.trim().replaceAll('_', '')) : Number.NaN;
  if (!(value >= least && value <= most))
    throw loadError('bad_argument', `${option} must be a whole number from ${least} to ${most}, not "${text}"`);
  return value;
}

/** "1..64" or "1,2,4,8" -> the list. A range doubles from its start, and its end is always included. */
export function parseSeries(text: string, option: string): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text.trim());
  if (!range) return text.split(',').map((part) => parseInteger(part, option, 1, 65_536));
  const from = parseInteger(range[1] ?? '', option, 1, 65_536);
  const to = parseInteger(range[2] ?? '', option, from, 65_536);
  const series: number[] = [];
  for (let n = from; n < to; n *= 2) series.push(n);
  return [...series, to];
}

export interface Stage {
  durationMs: number;
  /** Rate (per second) reached at the end of the stage; it changes linearly from the rate before. */
  ratePerSecond: number;
}

/** "30s@50,1m@200,10s@0": ramp to 50/s within 30 s, to 200/s within 1 m, down to 0 within 10 s; "0s@50" jumps. */
export function parseStages(text: string): Stage[] {
  return text.split(',').map((part) => {
    const [duration, rate, more] = part.split('@');
    if (!duration || !rate || more !== undefined)
      throw loadError('bad_argument', `"${part}" is not a stage: write duration@rate, for example 30s@50`);
    return { durationMs: parseDuration(duration, '--stages'), ratePerSecond: parseRate(rate, '--stages') };
  });
}

/** "Name: value" -> [name, value]. Throws `bad_argument`. The error does not contain the value: it may be a secret. */
export function parseHeader(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 0) throw loadError('bad_argument', '-H: this is not a header: write "name: value"');
  const name = trimmed(text.slice(0, colon));
  const value = trimmed(text.slice(colon + 1));
  const problem = headerProblem(name, value);
  if (problem !== undefined) throw loadError('bad_argument', `-H: this is not a header: ${problem}`);
  return [name.toLowerCase(), value];
}
