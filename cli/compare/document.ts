import type { Style } from '../../search/making.ts';
import { comparedComponents } from './architecture.ts';
import type { MeasuredTopology } from './measure.ts';

type Both = readonly [MeasuredTopology, MeasuredTopology];

/** The comparison as one JSON document. */
export function documentOf(measured: Both): object {
  return {
    measuredFrom: `${tracesOf(measured)} traces`,
    answers: comparedAnswers(measured),
    components: comparedComponents(...measured),
    topologies: measured.map(({ name, topology: { style }, sessions, ...rest }) => ({
      name,
      style,
      ...rest,
      sessions: sessions.map((session) => ({
        styles: session.map(({ style: of, traces, hops, bytes, relations }) => ({
          style: of,
          measuredFrom: `${traces} traces`,
          hops,
          messages: hops.map((n) => 2 * n),
          bytes,
          relations,
        })),
      })),
    })),
  };
}

/** The number of traces of both topologies in all rounds, in one style or in both. */
export function tracesOf(measured: Both, style?: Style): number {
  return measured
    .flatMap(({ sessions }) => sessions.flat())
    .filter((it) => style === undefined || it.style === style)
    .reduce((sum, { traces }) => sum + traces, 0);
}

/** The searches of the first round that got different answers from the two topologies, or in the two styles. */
export function comparedAnswers(measured: Both): { readonly compared: number; readonly differing: number } {
  const [reference, ...others] = measured.flatMap(({ sessions }) => sessions[0]!.map(({ answers }) => answers));
  const differing = reference!.filter((answer, i) => others.some((answers) => answers[i] !== answer)).length;
  return { compared: reference!.length, differing };
}
