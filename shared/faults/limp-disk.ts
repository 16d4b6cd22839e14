import { sample } from './draw.ts';
import { faultKind, Milliseconds, params, scatter } from './fault.ts';

/** Each disk access takes `meanMs` longer, as on a worn disk or beside a neighbour that writes a lot. */
export const limpDisk = faultKind({
  kind: 'limp.disk',
  summary: 'each access to its disk takes longer',
  params: params({
    meanMs: Milliseconds('added to each access to the disk, on average', 1),
    ...scatter,
  }),
  disk({ params: { meanMs, jitterMs, distribution }, draw }) {
    return (key) => sample(distribution, meanMs, jitterMs, draw(key, 'u'), draw(key, 'v'));
  },
});
