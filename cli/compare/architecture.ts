import { contracts } from '../../services/console/contracts.ts';
import { type Style, styles } from '../../search/making.ts';
import { controlPlane } from '../../shared/cluster/control-plane.ts';
import { nodesHosting } from '../../shared/cluster/topology.ts';
import { shortNumber } from '../../web/numbers.ts';
import type { MeasuredTopology } from './measure.ts';

/** A component of the application: its function, and where each of the two topologies places it. */
interface ComparedComponent {
  readonly name: string;
  readonly purpose: string;
  readonly a: readonly string[];
  readonly b: readonly string[];
}

export function comparedComponents(a: MeasuredTopology, b: MeasuredTopology): readonly ComparedComponent[] {
  return [...contracts]
    .filter(([name]) => !controlPlane.has(name))
    .map(([name, { purpose }]) => ({
      name,
      purpose,
      a: nodesHosting(a.topology, name).map(({ id }) => id),
      b: nodesHosting(b.topology, name).map(({ id }) => id),
    }));
}

/** One relation of two components, with what was measured in both topologies. */
interface ComparedRelation {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

interface ComparedStyle {
  readonly style: Style;
  /** The number of traces of both topologies together. */
  readonly traces: number;
  readonly relations: readonly ComparedRelation[];
}

/** Who called whom in each style, by the traces of the last round: calls per search, and those between nodes. */
export function comparedStyles(a: MeasuredTopology, b: MeasuredTopology): readonly ComparedStyle[] {
  return styles.map((style) => {
    const [first, second] = [sideOf(a, style), sideOf(b, style)];
    const keys = new Set([...first.relations.keys(), ...second.relations.keys()]);
    return {
      style,
      traces: first.traces + second.traces,
      relations: [...keys].map((what) => ({
        what,
        a: first.relations.get(what) ?? '-',
        b: second.relations.get(what) ?? '-',
      })),
    };
  });
}

function sideOf({ sessions, arithmetic }: MeasuredTopology, style: Style) {
  const traced = sessions.at(-1)?.find((it) => it.style === style);
  const relations = (traced?.relations ?? []).map(({ caller, callee, operation, perSearch, acrossNodes }) => {
    const placed = arithmetic.relations[style].find((it) => it.caller === caller && it.callee === callee);
    const byArithmetic = placed ? shortNumber(placed.acrossNodes) : '-';
    const measured = `${shortNumber(perSearch)}, ${shortNumber(acrossNodes)} between nodes (${byArithmetic})`;
    return [`${caller} -> ${callee}.${operation}`, measured] as const;
  });
  return { traces: traced?.traces ?? 0, relations: new Map(relations) };
}
