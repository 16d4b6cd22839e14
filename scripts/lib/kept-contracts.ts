import { isDeepStrictEqual } from 'node:util';
import type { Contract } from '../../shared/rpc/contract.ts';

/** A JSON schema, as far as contracts use it. */
export interface KeptSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, KeptSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | KeptSchema;
  readonly items?: KeptSchema;
  readonly anyOf?: readonly KeptSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

export interface KeptOperation {
  readonly request: KeptSchema;
  readonly response: KeptSchema;
  readonly idempotent: boolean;
  readonly sharded: boolean;
}

/** `database.find` -> its schemas, and what callers rely on. */
export type KeptContracts = Readonly<Record<string, KeptOperation>>;

export function keptContracts(contracts: readonly Contract[]): KeptContracts {
  return Object.fromEntries(
    contracts.flatMap(({ component, operations }) =>
      Object.values(operations).map(({ name, request, response, idempotent, sharded }) => [
        `${component}.${name}`,
        JSON.parse(JSON.stringify({ request, response, idempotent, sharded })) as KeptOperation,
      ]),
    ),
  );
}

/**
 * Why nodes of the older and of the newer version cannot work together; empty when they can. Both directions count,
 * because in a rolling restart each calls the other. So a field that both sides need stays as it is, a new field is
 * optional, and unknown fields are ignored.
 */
export function breakingChanges(older: KeptContracts, newer: KeptContracts): readonly string[] {
  return Object.entries(older).flatMap(([name, before]) => {
    const after = newer[name];
    if (!after) return [`${name}: the operation is gone`];
    return [
      ...(before.sharded === after.sharded ? [] : [`${name}: it is ${after.sharded ? 'now' : 'no longer'} sharded`]),
      ...(before.idempotent && !after.idempotent ? [`${name}: it may no longer be repeated`] : []),
      ...changesOf(before.request, after.request, `${name} request`),
      ...changesOf(before.response, after.response, `${name} response`),
    ];
  });
}

function changesOf(before: KeptSchema, after: KeptSchema, at: string): string[] {
  if (before.type !== after.type) return [`${at}: ${before.type ?? 'a union'} became ${after.type ?? 'a union'}`];
  // The order of values says nothing about which are allowed.
  if (!isDeepStrictEqual(new Set(before.enum), new Set(after.enum))) return [`${at}: other values are allowed`];
  if (JSON.stringify(before.const) !== JSON.stringify(after.const)) return [`${at}: another value is allowed`];
  if (before.anyOf?.length !== after.anyOf?.length) return [`${at}: the union has other members`];
  const isNeeded = ({ required = [] }: KeptSchema, field: string): boolean => required.includes(field);
  const fields = new Set([...Object.keys(before.properties ?? {}), ...Object.keys(after.properties ?? {})]);
  return [
    ...[...fields].flatMap((field): string[] => {
      const [was, is] = [before.properties?.[field], after.properties?.[field]];
      const place = `${at}.${field}`;
      if (isNeeded(before, field) && !isNeeded(after, field)) return [`${place}: older nodes need this field`];
      if (!isNeeded(before, field) && isNeeded(after, field)) return [`${place}: older nodes do not send this field`];
      if (was && is) return changesOf(was, is, place);
      // A strict schema of the older version refuses a message with a field that it does not know.
      return !was && before.additionalProperties === false ? [`${place}: older nodes refuse unknown fields`] : [];
    }),
    ...(before.items && after.items ? changesOf(before.items, after.items, `${at}[]`) : []),
    ...(before.anyOf ?? []).flatMap((member, i) => changesOf(member, after.anyOf![i]!, at)),
  ];
}
