import { labs } from '../registry.ts';
import { LabUsageError } from '../runner/errors.ts';
import type { Place } from '../kit/attached-cluster.ts';
import type { Form, Lab } from '../runner/lab.ts';
import type { Owner } from '../runner/parameters.ts';
import type { StudentProgress } from '../runner/progress.ts';

/** A lab by number (`7` or `07`), name (`utilisation`) or both (`10-utilisation`). */
export function labOf(text: string): Lab {
  const id = text.padStart(2, '0');
  const found = labs.find((lab) => lab.id === id || lab.name === text || `${lab.id}-${lab.name}` === text);
  if (!found) throw new LabUsageError(`there is no lab "${text}"; there are ${labs.map((lab) => lab.id).join(', ')}`);
  return found;
}

export interface FormFlags {
  readonly live?: true;
  readonly virtual?: true;
}

export interface AttachFlags {
  readonly attach?: true;
  readonly portBase?: number;
  readonly data?: string;
  readonly clusterHost?: string;
}

/** The cluster that the lab uses instead of one of its own; undefined without --attach. */
export function placeOf(lab: Lab, form: Form, { attach, portBase, data, clusterHost }: AttachFlags): Place | undefined {
  if (!attach) {
    if (portBase !== undefined || data !== undefined)
      throw new LabUsageError('--port-base and --data say where the cluster of --attach is; add --attach');
    return undefined;
  }
  if (form === 'virtual') throw new LabUsageError('--attach is for the live form; leave out --virtual');
  // An empty variable of the environment says nothing.
  if (lab.attach) return { portBase, data, host: clusterHost || undefined };
  const able = labs.filter((each) => each.attach).map(({ id }) => id);
  throw new LabUsageError(
    `lab ${lab.id} needs a cluster of another shape, which it starts itself; --attach works for ${able.join(', ')}`,
  );
}

/** The wanted form. By default it is the live one, where a lab has it. */
export function formOf(lab: Lab, { live, virtual }: FormFlags): Form {
  if (live && virtual) throw new LabUsageError('--live and --virtual exclude each other');
  const wanted: Form = live ? 'live' : virtual ? 'virtual' : lab.live ? 'live' : 'virtual';
  if (!lab[wanted]) throw new LabUsageError(`lab ${lab.id} has no ${wanted} form; leave out --${wanted}`);
  return wanted;
}

export function ownerOf({ seed, student }: { readonly seed?: number; readonly student?: string }): Owner {
  if (seed !== undefined && student !== undefined) throw new LabUsageError('--seed and --student exclude each other');
  return { ...(seed !== undefined && { seed }), ...(student !== undefined && { student }) };
}

/** A name or id that can stand in a file and in a command; `where` says where it was typed. */
export function studentIn(text: string, where = 'student'): string {
  if (!/^[\w.@-]{1,64}$/.test(text))
    throw new LabUsageError(`${where}: letters, digits and . _ @ - are wanted, at most 64, not "${text.slice(0, 80)}"`);
  return text;
}

/** A good first lab, then by number. */
const first = ['01', '10', '06', '05'];

/** The lab to do next; undefined when all are passed. */
export function nextLab(progress: StudentProgress): Lab | undefined {
  const open = labs.filter(({ id }) => !progress[id]?.passed);
  return first.flatMap((id) => open.find((lab) => lab.id === id) ?? [])[0] ?? open[0];
}
