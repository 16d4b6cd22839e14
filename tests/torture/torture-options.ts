import process from 'node:process';

/** The seed of `npm run torture -- --seed N`; 1 by default. */
export const tortureSeed = Number(process.env.TIERLAB_TORTURE_SEED ?? 1);

/** The duration of the whole test: `--minutes M`, else `fallback`. */
export const tortureMinutes = (fallback: number): number => Number(process.env.TIERLAB_TORTURE_MINUTES ?? fallback);
