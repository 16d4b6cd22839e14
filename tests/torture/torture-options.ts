import process from 'node:process';

/** What `npm run torture -- --seed N` says; 1 by default. */
export const tortureSeed = Number(process.env.TIERLAB_TORTURE_SEED ?? 1);

/** How long the whole test takes: what `--minutes M` says, else `fallback`. */
export const tortureMinutes = (fallback: number): number => Number(process.env.TIERLAB_TORTURE_MINUTES ?? fallback);
