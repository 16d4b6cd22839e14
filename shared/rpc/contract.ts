import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Context, Priority } from './context.ts';
import { RpcError } from './errors.ts';
import { schemaProblem } from '../schema/problem.ts';

/** One operation of a component: its schemas are validation, documentation and types at once. */
export interface Operation<Request extends TSchema = TSchema, Response extends TSchema = TSchema> {
  readonly name: string;
  readonly summary: string;
  readonly request: Request;
  readonly response: Response;
  /**
   * Doing the operation twice has the same effect as doing it once. Other operations are never hedged. They are retried
   * only with an idempotency key, or if they definitely did not happen.
   */
  readonly idempotent: boolean;
  /** The priority of its calls in an overload. */
  readonly priority: Priority;
  /** True where each call addresses one shard. */
  readonly sharded: boolean;
  /** True if its handler calls other components: repeating the operation repeats all those calls (hedge.ts). */
  readonly composite: boolean;
  /** Set on a coarse-grained form: the operation of the same contract whose requests it carries (batched.ts). */
  readonly batchOf?: string;
  /** Throws `bad_request` that names the first wrong field. */
  readonly checkRequest: (value: unknown) => void;
  /**
   * Throws `bad_reply` that names the first wrong field. If `request` is given, and the reply contradicts it, throws
   * `bad_reply` that says how.
   */
  readonly checkResponse: (value: unknown, request?: unknown) => void;
  readonly mismatch?: Mismatch;
}

/** A sentence that says what in a valid reply contradicts its valid request; undefined: nothing. */
type Mismatch = (request: never, response: never) => string | undefined;

export type Operations = Record<string, Operation>;

/** The components that a component calls, in each style of interaction (`style` of the topology). */
export type CallsByStyle = Readonly<Record<'object-based' | 'layered', readonly string[]>>;

/** The interface of a component: its operations by name, its function, and the components that it needs. */
export interface Contract<Ops extends Operations = Operations> {
  readonly component: string;
  readonly operations: Ops;
  /** The function of the component in one sentence, for people. */
  readonly purpose: string;
  readonly calls: CallsByStyle;
}

export type RequestOf<O> = O extends Operation<infer R, TSchema> ? Static<R> : never;
export type ResponseOf<O> = O extends Operation<TSchema, infer R> ? Static<R> : never;

/** The handlers that a component must provide for its contract. */
export type Handlers<C extends Contract> = {
  readonly [Name in keyof C['operations']]: (
    request: RequestOf<C['operations'][Name]>,
    context: Context,
  ) => Promise<ResponseOf<C['operations'][Name]>>;
};

interface OperationOptions<Request extends TSchema, Response extends TSchema> {
  /** What a schema cannot say: how the reply depends on the request. Only cheap checks belong here. */
  readonly mismatch?: (request: Static<Request>, response: Static<Response>) => string | undefined;
  readonly summary: string;
  readonly request: Request;
  readonly response: Response;
  readonly idempotent?: boolean;
  readonly priority?: Priority;
  readonly sharded?: boolean;
  readonly composite?: boolean;
}

/** Declares an operation; reads (`idempotent`, priority `read`) are the default. Schemas are compiled on first use. */
export function operation<Request extends TSchema, Response extends TSchema>(
  options: OperationOptions<Request, Response>,
): Omit<Operation<Request, Response>, 'name'> {
  const checkShape = checker(options.response, 'bad_reply');
  return {
    idempotent: true,
    priority: 'read',
    sharded: false,
    composite: false,
    ...options,
    checkRequest: checker(options.request, 'bad_request'),
    checkResponse(value, request) {
      checkShape(value);
      const wrong = request === undefined ? undefined : options.mismatch?.(request as never, value as never);
      if (wrong !== undefined) throw new RpcError('bad_reply', wrong);
    },
  };
}

/** What the contract of a component says about it. */
export interface Introduction {
  readonly component: string;
  readonly purpose: string;
  /** One list holds for both styles. Absent: the component calls no other component. */
  readonly calls?: CallsByStyle | readonly string[];
}

/**
 * Binds operations to a component. `about` may be the name alone, if nothing shows the purpose of the component to
 * people.
 */
export function contract<Ops extends Record<string, Omit<Operation, 'name'>>>(
  about: string | Introduction,
  operations: Ops,
): Contract<{ [Name in keyof Ops]: Ops[Name] & { name: string } }> {
  const {
    component,
    purpose,
    calls = [],
  }: Introduction = typeof about === 'string' ? { component: about, purpose: '' } : about;
  const named = Object.fromEntries(Object.entries(operations).map(([name, op]) => [name, { ...op, name }]));
  return {
    component,
    operations: named as { [Name in keyof Ops]: Ops[Name] & { name: string } },
    purpose,
    calls: 'layered' in calls ? calls : { 'object-based': calls, layered: calls },
  };
}

function checker(schema: TSchema, code: 'bad_request' | 'bad_reply') {
  let compiled: ReturnType<typeof Compile> | undefined;
  return function check(value: unknown): void {
    compiled ??= Compile(schema);
    if (compiled.Check(value)) return;
    throw new RpcError(code, schemaProblem(schema, value) ?? 'the body does not fit its schema');
  };
}
