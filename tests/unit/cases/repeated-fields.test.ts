import { expect, test } from 'vitest';
import { repeatedField } from '../../../shared/schema/repeated-fields.ts';

const deep = '{"a":'.repeat(50) + '{"b":1,"b":2}' + '}'.repeat(50);

test.each([
  ['{"a":1,"a":2}', 'line 1: a is written twice'],
  ['{"a":1,\n"\\u0061":2}', 'line 2: a is written twice; line 1 has it, too'],
  ['{"a":1,\r\n"b":{"c":[0,{"d":1,"d":2}]}}', 'line 2: b.c.1.d is written twice'],
  ['[{"a":"}\\"{,"},\r{"a":1,\r"a":[]}]', 'line 3: 1.a is written twice; line 2 has it, too'],
  [deep, `line 1: ${'a.'.repeat(50)}b is written twice`],
  [`{"${'k'.repeat(500)}":1,"${'k'.repeat(500)}":1}`, `line 1: ...${'k'.repeat(200)} is written twice`],
])('a field that is written twice is named: %s', (text, words) => {
  expect(repeatedField(text)).toBe(words);
});

test.each(['{}', '[]', '"a"', '1', '{"a":{"a":1},"b":[{"a":1},{"a":2}]}', '{"a":"a","b":"a\\\\"}', '["a","a"]'])(
  'no field is written twice in %s',
  (text) => {
    expect(repeatedField(text)).toBeUndefined();
  },
);

// With a path for every value, the first text takes 11 s, and the second half a second.
test('long names and long arrays of strangers take little time', () => {
  expect(repeatedField(`{"${'k'.repeat(20_000)}":[${Array(4_000).fill(0).join()}]}`)).toBeUndefined();
  expect(repeatedField(`[${Array(500_000).fill(0).join()}]`)).toBeUndefined();
});
