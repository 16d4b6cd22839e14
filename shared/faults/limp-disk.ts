import Type from 'typebox';
import { distributions, sample } from './draw.ts';
import { faultKind, Milliseconds, params } from './fault.ts';

/** Each fsync takes `meanMs` longer: a worn disk, or a neighbour who writes a lot. */
export const limpDisk = faultKind({
  kind: 'limp.disk',
  summary: 'its disk takes long to make writes durable',
  params: params({
    meanMs: Milliseconds(1),
    jitterMs: Milliseconds(0, 0),
    distribution: Type.Enum([...distributions], { default: 'normal' }),
  }),
  fsync({ params: { meanMs, jitterMs, distribution }, draw }) {
    return (key) => sample(distribution, meanMs, jitterMs, draw(key, 'u'), draw(key, 'v'));
  },
});
