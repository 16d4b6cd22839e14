import type { Relation } from '../../../traces/who-called-whom.ts';
import { shortNumber } from '../../../../web/numbers.ts';

const columnWidth = 104;
const rowHeight = 30;
const headHeight = 34;

/** Who called whom: one column for each component, one arrow for each relation, the first call at the top. */
export function Calls({ relations, label }: { relations: readonly Relation[]; label: string }) {
  const names = [...new Set(relations.flatMap(({ caller, callee }) => [caller, callee]))];
  const x = (name: string): number => (names.indexOf(name) + 0.5) * columnWidth;
  const width = names.length * columnWidth;
  const height = headHeight + relations.length * rowHeight + 10;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <svg class="calls" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
        {names.map((name) => (
          <g key={name}>
            <line class="lifeline" x1={x(name)} y1={headHeight - 6} x2={x(name)} y2={height} />
            <text class="name" x={x(name)} y={18} text-anchor="middle">
              {name}
            </text>
          </g>
        ))}
        {relations.map(({ caller, callee, operation, perSearch }, i) => {
          const y = headHeight + (i + 0.75) * rowHeight;
          const [from, to] = [x(caller), x(callee)];
          const way = Math.sign(to - from);
          const times = perSearch === 1 ? '' : ` × ${shortNumber(perSearch)}`;
          return (
            <g key={`${caller} ${callee} ${operation}`}>
              <line class="call" x1={from} y1={y} x2={to - 6 * way} y2={y} />
              <path class="head" d={`M ${to} ${y} l ${-8 * way} -4 v 8 z`} />
              <text class="operation" x={to - 10 * way} y={y - 5} text-anchor={way > 0 ? 'end' : 'start'}>
                {operation + times}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
