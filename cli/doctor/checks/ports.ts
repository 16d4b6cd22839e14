import { tierlab } from '../../command-line.ts';
import type { Check } from '../facts.ts';

/** Far from the default, so that both can run side by side. */
const otherBases = [20_000, 22_000] as const;

export const ports: Check = ({ takenPorts, running, topology, place }) => {
  const check = 'ports';
  const [first] = takenPorts;
  if (first === undefined)
    return [
      {
        check,
        level: 'ok',
        found: running
          ? 'the running cluster has its ports'
          : `those of ${topology} are free from ${place.portBase} on`,
      },
    ];
  const holder = first.pid === undefined ? 'another program' : `process ${first.pid} (${first.command?.slice(0, 80)})`;
  const others = new Set(takenPorts.map(({ port }) => port)).size - 1;
  const more = others === 0 ? '' : `; ${others} more ${others === 1 ? 'port is' : 'ports are'} taken`;
  const portBase = otherBases.find((base) => base !== place.portBase)!;
  return [
    {
      check,
      level: 'problem',
      found: `${first.protocol} port ${first.port} of ${first.owner} is taken at ${first.host} by ${holder}${more}`,
      todo: `Stop that program, or use other ports: ${tierlab(`up --topology ${topology}`, { ...place, portBase })}`,
    },
  ];
};
