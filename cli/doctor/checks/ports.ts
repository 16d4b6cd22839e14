import { tierlab } from '../../command-line.ts';
import { otherPortBase, takenInWords } from '../../wanted-ports.ts';
import type { DoctorCheck } from '../facts.ts';

export const ports: DoctorCheck = ({ takenPorts, running, topology, place }) => {
  const check = 'ports';
  if (takenPorts.length === 0)
    return {
      check,
      level: 'ok',
      found: running ? 'the running cluster has its ports' : `those of ${topology} are free from ${place.portBase} on`,
    };
  const portBase = otherPortBase(place.portBase);
  return {
    check,
    level: 'problem',
    found: takenInWords(takenPorts, new Map(takenPorts.map(({ port, owner }) => [port, owner]))),
    todo: `Stop that program, or use other ports: ${tierlab(`up --topology ${topology}`, { ...place, portBase })}`,
  };
};
