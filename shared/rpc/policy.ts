import { isDeepStrictEqual } from 'node:util';
import Type, { type Static, type TBoolean, type TObject, type TOptional, type TUnion } from 'typebox';
import { Value } from 'typebox/value';
import { schemaProblem } from '../schema/problem.ts';
import { RpcError } from './errors.ts';
import { type Given, type Mechanism, mechanismNames, mechanismRow, type SettingsOf } from './mechanisms.ts';
import { isPreset, presetNames, presetOf } from './presets.ts';

export type { Mechanism } from './mechanisms.ts';

const Preset = Type.Enum([...presetNames]);

/** A complete policy: for every mechanism its settings, or false for "off". */
export type Policy = { readonly [Name in Mechanism]: SettingsOf<Name> | false };

/** Some settings of a mechanism; the others have their defaults. */
const partial = (name: Mechanism) =>
  Type.Partial(mechanismRow(name).settings as TObject, { additionalProperties: false });

/** A value for each named mechanism: true = on with its defaults, false = off, or some settings of its own. */
const byName = Object.fromEntries(
  mechanismNames.map((name) => [name, Type.Optional(Type.Union([Type.Boolean(), partial(name)]))]),
) as unknown as Record<Mechanism, TOptional<TUnion<[TBoolean, TObject]>>>;

const MechanismsByName = Type.Object({ base: Type.Optional(Preset), ...byName }, { additionalProperties: false });

/** A preset, or a preset with single mechanisms set by name. */
export const PolicyFile = Type.Union([Preset, MechanismsByName]);
export type PolicyFile = Static<typeof PolicyFile>;

/**
 * Makes a complete policy. A mechanism that `file` does not name is as in the `base` of `file`, or as in `inForce` if
 * `file` has no `base`. Settings that a named mechanism leaves out have their defaults. Throws `bad_request` for names
 * and values that do not exist.
 */
export function resolvePolicy(
  file: unknown,
  inForce: Readonly<Record<Mechanism, Given>> = presetOf('resilient'),
): Policy {
  const { base, ...own } = checkPolicy(file);
  const given = { ...(base === undefined ? inForce : presetOf(base)), ...own };
  const resolved = mechanismNames.map((name) => {
    const { settings, off = false } = mechanismRow(name);
    const value = given[name] === false ? off : given[name];
    return [
      name,
      value === false ? false : { ...(Value.Create(settings) as object), ...(value === true ? {} : value) },
    ];
  });
  return Object.fromEntries(resolved) as Policy;
}

function checkPolicy(file: unknown): { base?: (typeof presetNames)[number] } & Partial<Record<Mechanism, Given>> {
  if (isPreset(file)) return { base: file };
  if (typeof file !== 'object' || file === null)
    throw new RpcError(
      'bad_request',
      `policy: ${presetNames.join(', ')} or mechanisms by name, such as {"hedge":false}, are wanted, not ` +
        JSON.stringify(file),
    );
  for (const [name, value] of Object.entries(file)) {
    if (!Object.hasOwn(MechanismsByName.properties, name))
      throw new RpcError(
        'bad_request',
        `policy.${name}: there is no such mechanism; there are ${mechanismNames.join(', ')}`,
      );
    const schema =
      mechanismNames.some((known) => known === name) && typeof value === 'object'
        ? partial(name as Mechanism)
        : undefined;
    const wrong = schema && schemaProblem(schema, value, `policy.${name}`);
    if (wrong) throw new RpcError('bad_request', wrong);
  }
  if (!Value.Check(MechanismsByName, file))
    throw new RpcError('bad_request', schemaProblem(MechanismsByName, file, 'policy') ?? 'policy: it is not valid');
  return file;
}

/** The policy in force on one node. It can be changed while calls run: the change takes effect with the next call. */
export interface PolicyHolder {
  readonly current: Policy;
  /**
   * Takes a preset or a change. Mechanisms that the change does not name stay as they are, unless the change has a
   * `base`. Throws `bad_request`, and changes nothing, when the value is not valid.
   */
  set(file: unknown): void;
  /** Calls `listener` after each change. */
  onChange(listener: () => void): void;
}

/** `problem`: a sentence that says why these settings of a vote cannot work in this cluster; undefined if they can. */
export function createPolicyHolder(
  file: unknown,
  problem: (quorum: Policy['quorum']) => string | undefined = () => undefined,
): PolicyHolder {
  let current = resolvePolicy(file);
  const listeners: (() => void)[] = [];
  return {
    get current() {
      return current;
    },
    set(file) {
      const wanted = resolvePolicy(file, current);
      const wrong = isDeepStrictEqual(current.quorum, wanted.quorum) ? undefined : problem(wanted.quorum);
      if (wrong !== undefined) throw new RpcError('bad_request', `policy.quorum: ${wrong}`);
      // A mechanism with unchanged settings keeps its settings object, and so its state.
      const kept = mechanismNames.map((name) => [
        name,
        isDeepStrictEqual(current[name], wanted[name]) ? current[name] : wanted[name],
      ]);
      current = Object.fromEntries(kept) as Policy;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
