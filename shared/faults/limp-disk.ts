import Type from 'typebox';
import { distributions, sample } from './draw.ts';
import { faultKind, Milliseconds, params } from './fault.ts';

/** Each disk access takes `meanMs` longer, as on a worn disk or beside a neighbour that writes a lot. */
export const limpDisk = faultKind({
  kind: 'limp.disk',
  summary: 'each access to its disk takes longer',
  params: params({
    meanMs: Milliseconds('added to each access to the disk, on average', 1),
    jitterMs: Milliseconds('how far delays scatter: the standard deviation (normal), half the width (uniform)', 0, 0),
    distribution: Type.Enum([...distributions], {
      default: 'normal',
      description: 'how single delays scatter around the mean',
    }),
  }),
  disk({ params: { meanMs, jitterMs, distribution }, draw }) {
    return (key) => sample(distribution, meanMs, jitterMs, draw(key, 'u'), draw(key, 'v'));
  },
});
