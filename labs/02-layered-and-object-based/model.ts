import { callChain, runTiers, type CallTier, type TierOptions, type TierRun } from '../kit/simulated-tiers.ts';
import type { Variant } from '../runner/lab.ts';
import type { Style } from '../../search/making.ts';

/** The four tiers below the application server, from the highest. */
export const tierNames = ['html', 'ranking', 'query', 'database'] as const;
export type TierName = (typeof tierNames)[number];

export const shapes = ['layered', 'object-based', 'parallel', 'in turn'] as const;
/** Two styles of a search, and two ways to make the four calls of a page view. */
export type Shape = (typeof shapes)[number];
export const isStyle = (shape: Shape): shape is Style => shape === 'layered' || shape === 'object-based';

/** The theory: how long a shape takes, ms. */
export const timeOf = (shape: Shape, r: number, s: number): number => (shape === 'parallel' ? 2 : 4) * (r + s);

/** The theory: how long a tier holds a call, ms. In the layered style it waits for all tiers below it. */
export const heldMsOf = (style: Style, tier: TierName, r: number, s: number): number =>
  s + (style === 'layered' ? tierNames.length - 1 - tierNames.indexOf(tier) : 0) * (r + s);

export interface ModelOptions extends Omit<TierOptions<TierName>, 'tiers' | 'workers'> {
  readonly shape: Shape;
  readonly variant: Variant;
}

export type ModelRun = TierRun<TierName>;

/** A search or a page view of an application server above the four tiers. */
export async function runShape({ shape, variant, ...load }: ModelOptions): Promise<ModelRun> {
  const inTurn = async (call: CallTier<TierName>, asked: readonly TierName[]): Promise<void> => {
    for (const tier of asked) await call('app', tier);
  };

  const work: Record<Shape, (call: CallTier<TierName>) => Promise<void>> = {
    layered: (call) => callChain(call, 'app', tierNames),
    // Each call needs the answer of the one before it: plan, candidates, order, page.
    'object-based': (call) => inTurn(call, ['query', 'database', 'ranking', 'html']),
    async parallel(call) {
      // Broken: the application server waits for each answer, although no call needs it.
      if (variant === 'broken') await inTurn(call, ['database', 'database', 'database']);
      else await Promise.all([1, 2, 3].map(() => call('app', 'database')));
      await call('app', 'html');
    },
    'in turn': (call) => inTurn(call, ['database', 'database', 'database', 'html']),
  };

  return runTiers({ ...load, tiers: tierNames, ...(variant === 'control' && { workers: 1 }) }, work[shape]);
}
