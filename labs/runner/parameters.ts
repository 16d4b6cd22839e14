import { hash32 } from '../../shared/time/random.ts';
import type { Lab, Parameters } from './lab.ts';

/** Whose run it is: a seed or a student. Without either, the numbers of the README are used. */
export interface Owner {
  readonly seed?: number;
  readonly student?: string;
}

/** Whose run it is going to be: a lab with a secret draws a seed where neither seed nor student is given. */
export const ownerOfRun = ({ drawsSeed }: Pick<Lab, 'drawsSeed'>, owner: Owner, draw: () => number): Owner =>
  drawsSeed && owner.seed === undefined && owner.student === undefined ? { seed: draw() } : owner;

/** The seed of all random draws of a run. */
export const seedOf = ({ seed, student }: Owner, id: string): string =>
  `${student === undefined ? `seed-${seed ?? 1}` : `student-${student}`}/lab-${id}`;

/** Draws each parameter from its bounded set, by the owner, the lab and the parameter's name. */
export function drawParameters({ id, parameters }: Pick<Lab, 'id' | 'parameters'>, owner: Owner): Parameters {
  const drawn = owner.seed !== undefined || owner.student !== undefined;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { values }]) => {
      const at = drawn ? hash32(`${seedOf(owner, id)}/${name}`) % values.length : 0;
      return [name, values[at]!];
    }),
  );
}
