import { RpcError } from '../../shared/rpc/errors.ts';
import { formOf, labOf, ownerOf, placeOf, studentIn } from '../commands/choose.ts';
import type { Place } from '../kit/attached-cluster.ts';
import type { Form } from '../runner/lab.ts';
import { drawParameters, type Owner } from '../runner/parameters.ts';
import { reasonIn } from '../runner/prediction.ts';
import { parseOne, withUnit } from '../runner/units.ts';

/** What a page asks for, checked: plain data, because another process runs it. */
export interface RunOrder {
  readonly lab: string;
  readonly form: Form;
  readonly owner: Owner;
  /** The cluster of the user, instead of one of the lab's own. */
  readonly attach?: Place | undefined;
  /** Absent: the student runs it without a prediction. */
  readonly prediction?: { readonly values: readonly number[]; readonly because: string };
}

/**
 * Reads the body of a request; throws a LabUsageError or `bad_request` that names the wrong member. `clusterHost`: a
 * node of the user's cluster, if that runs in containers.
 */
export function orderIn(body: unknown, clusterHost?: string): RunOrder {
  const {
    lab: id,
    form: wanted,
    attach: onCluster,
    student,
    prediction,
  } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string') throw new RpcError('bad_request', 'lab: the number of a lab is wanted');
  if (wanted !== 'live' && wanted !== 'virtual')
    throw new RpcError('bad_request', 'form: "live" or "virtual" is wanted');
  const lab = labOf(id);
  const form = formOf(lab, { [wanted]: true });
  const owner = ownerIn(student);
  const attach = onCluster === true ? placeOf(lab, form, { attach: true, clusterHost }) : undefined;
  const order = { lab: lab.id, form, owner, attach };
  if (prediction === null) return order;
  const { values, because } = (prediction ?? {}) as Readonly<Record<string, unknown>>;
  const quantities = lab.quantities(drawParameters(lab, owner));
  if (!Array.isArray(values) || values.length !== quantities.length)
    throw new RpcError('bad_request', `prediction.values: ${quantities.length} texts are wanted`);
  const parsed = quantities.map((quantity, i) => parseOne(String(values[i]).trim().slice(0, 50), quantity));
  return {
    ...order,
    prediction: { values: parsed, because: reasonIn(typeof because === 'string' ? because : undefined) },
  };
}

/** What was predicted, one text per quantity: `W at rho = 0.5: 20 ms`. */
export function predictedInWords({ lab, owner, prediction }: RunOrder): readonly string[] | undefined {
  const quantities = labOf(lab).quantities(drawParameters(labOf(lab), owner));
  return prediction?.values.map((value, i) => `${quantities[i]!.label}: ${withUnit(value, quantities[i]!.unit)}`);
}

/** The student whom a request names; nobody if the name is empty or missing. */
export function ownerIn(student: unknown): Owner {
  if (student === undefined || student === '') return {};
  if (typeof student !== 'string') throw new RpcError('bad_request', 'student: a text is wanted');
  return ownerOf({ student: studentIn(student) });
}
