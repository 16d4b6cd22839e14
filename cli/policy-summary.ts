import { isDeepStrictEqual } from 'node:util';
import { type Policy, resolvePolicy } from '../shared/rpc/policy.ts';
import { type Mechanism, mechanismNames } from '../shared/rpc/mechanisms.ts';
import { type PresetName, presetNames } from '../shared/rpc/presets.ts';

export interface PolicySummary {
  /** The preset that differs least from `policy`. */
  readonly preset: PresetName;
  readonly differences: readonly { readonly mechanism: Mechanism; readonly text: string }[];
}

/** A short form of a policy: the nearest preset and the differences from it. */
export function summarisePolicy(policy: Policy): PolicySummary {
  const [nearest] = presetNames
    .map((preset) => ({ preset, usual: resolvePolicy(preset) }))
    .map(({ preset, usual }) => ({
      preset,
      usual,
      own: mechanismNames.filter((name) => !isDeepStrictEqual(policy[name], usual[name])),
    }))
    .sort((a, b) => a.own.length - b.own.length);
  const { preset, usual, own } = nearest!;
  return {
    preset,
    differences: own.map((mechanism) => ({
      mechanism,
      text: difference(mechanism, policy[mechanism], usual[mechanism]),
    })),
  };
}

function difference(mechanism: Mechanism, own: object | false, usual: object | false): string {
  if (own === false) return 'off';
  if (usual !== false) return changes(own, usual).join(', ');
  return ['on', ...changes(own, resolvePolicy({ [mechanism]: true })[mechanism] || {})].join(', ');
}

function changes(own: object, usual: object): string[] {
  const values: Readonly<Record<string, unknown>> = { ...own };
  const defaults: Readonly<Record<string, unknown>> = { ...usual };
  return Object.keys({ ...own, ...usual })
    .filter((key) => !isDeepStrictEqual(values[key], defaults[key]))
    .map((key) => `${key} ${shown(values[key])} instead of ${shown(defaults[key])}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'unset';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
