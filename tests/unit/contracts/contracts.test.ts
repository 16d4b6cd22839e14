import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Type, { type TSchema } from 'typebox';
import { expect, test } from 'vitest';
import { breakingChanges, keptContracts, type KeptContracts } from '../../../scripts/lib/kept-contracts.ts';
import { loadComponents } from '../../../services/registry.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';

const folder = path.resolve(import.meta.dirname, '../../../contracts');
const releases = readdirSync(folder).filter((file) => file.endsWith('.json'));
const now = keptContracts(Object.values(await loadComponents()).map((it) => it.contract));

test.each(releases)('nodes of this version work with nodes of %s', (file) => {
  const older = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as KeptContracts;
  expect(Object.keys(older).length).toBeGreaterThan(10);
  expect(breakingChanges(older, now)).toEqual([]);
});

/** The contract of one operation with this request. */
const kept = (request: TSchema): KeptContracts =>
  keptContracts([
    contract('a', { do: operation({ summary: '', request, response: Type.Object({ done: Type.Boolean() }) }) }),
  ]);
const text = Type.String();
const before = kept(Type.Object({ text, list: Type.Array(Type.Object({ id: text })), size: Type.Optional(text) }));

test.each([
  ['the same', Type.Object({ text, list: Type.Array(Type.Object({ id: text })), size: Type.Optional(text) }), []],
  [
    'a new optional field, and one less',
    Type.Object({ text, list: Type.Array(Type.Object({ id: text, more: Type.Optional(text) })) }),
    [],
  ],
  [
    'a new field that is needed',
    Type.Object({ text, list: Type.Array(Type.Object({ id: text, more: text })), size: Type.Optional(text) }),
    ['a.do request.list[].more: older nodes do not send this field'],
  ],
  [
    'a field that is gone',
    Type.Object({ list: Type.Array(Type.Object({ id: text })) }),
    ['a.do request.text: older nodes need this field'],
  ],
  [
    'another type',
    Type.Object({ text: Type.Number(), list: Type.Array(Type.Object({ id: text })) }),
    ['a.do request.text: string became number'],
  ],
])('%s', (_what, request, problems) => {
  expect(breakingChanges(before, kept(request))).toEqual(problems);
});

test('the order of the values of an enumeration is free, and the values are not', () => {
  const of = (...states: string[]): KeptContracts => kept(Type.Object({ state: Type.Enum(states) }));
  expect(breakingChanges(of('alive', 'dead'), of('dead', 'alive'))).toEqual([]);
  expect(breakingChanges(of('alive', 'dead'), of('dead', 'left'))).toEqual([
    'a.do request.state: other values are allowed',
  ]);
});

test('an operation that is gone', () => {
  expect(breakingChanges(before, {})).toEqual(['a.do: the operation is gone']);
});

test('a new field is refused by an older version that is strict', () => {
  const strict = kept(Type.Object({ text }, { additionalProperties: false }));
  const more = kept(Type.Object({ text, more: Type.Optional(text) }));
  expect(breakingChanges(strict, more)).toEqual(['a.do request.more: older nodes refuse unknown fields']);
});
