import type { Terminal } from '../../terminal.ts';
import type { BathtubResult } from './model.ts';

const width = 44;

/**
 * Plots the failure rate over age, one line for each range of ages. The bars are logarithmic, because young processes
 * fail far more often than older ones. `┃` marks the theory:
 *
 *     age s        failures  observed/s  theory/s
 *     0.0 -   0.7        31       0.305     0.288   ███████████████████████████████┃██
 *     0.7 -   2.9        12       0.061     0.068   ██████████████████   ┃
 */
export function plotLines({ rows }: BathtubResult, terminal: Pick<Terminal, 'dim' | 'bold'>): string[] {
  const rates = rows.flatMap(({ observed, expected }) => [observed, expected]).filter((rate) => rate > 0);
  const [lowest, highest] = [Math.min(...rates) / 1.5, Math.max(...rates) * 1.2];
  const column = (rate: number): number =>
    rate <= lowest ? 0 : Math.round((width * Math.log(rate / lowest)) / Math.log(highest / lowest));
  const head = `${'age s'.padEnd(15)} failures  observed/s  theory/s`;
  const lines = rows.map(({ fromMs, toMs, failures, observed, expected, exposureMs }) => {
    const age = `${seconds(fromMs).padStart(6)} - ${seconds(toMs).padStart(6)}`;
    const bar = [...'█'.repeat(column(observed)).padEnd(width + 1)];
    bar[column(expected)] = '┃';
    const rate = exposureMs === 0 ? '-' : perSecond(observed);
    const cells = [String(failures).padStart(8), rate.padStart(10), perSecond(expected).padStart(8)];
    return `${age} ${cells.join('  ')}   ${bar.join('').trimEnd()}`;
  });
  return [terminal.dim(head), ...lines, terminal.dim(`${' '.repeat(48)}█ observed, ┃ theory; logarithmic`)];
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const perSecond = (rate: number): string => (rate * 1_000).toPrecision(3);
