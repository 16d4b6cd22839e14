import { expect, test } from 'vitest';
import { wireEncoder } from '../../../loadgen/client/wire.ts';
import { nextMove, startSession } from '../../../loadgen/engine/session.ts';
import { parseHeader } from '../../../loadgen/options/quantities.ts';
import { parseRequestList } from '../../../loadgen/workload/list.ts';
import type { Session } from '../../../loadgen/workload/request.ts';

const scenario = (request: unknown) => () => [request].values() as unknown as Session;

/** The three ways on which a header comes in, each as the sentence that refuses it; undefined: it is sent. */
function refusals(name: string, value: string): (string | undefined)[] {
  const thrown = (run: () => unknown): string | undefined => {
    try {
      run();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const session = startSession(scenario({ method: 'GET', target: '/', name: 'x', headers: { [name]: value } }));
  const move = typeof session === 'string' ? undefined : nextMove(session, undefined);
  return [
    thrown(() => parseHeader(`${name}: ${value}`)),
    thrown(() => parseRequestList(JSON.stringify({ target: '/', headers: { [name]: value } }))),
    move?.kind === 'broken' ? move.why : undefined,
  ];
}

test.each([
  { input: ['x-name', 'Łukasz'], right: /outside of Latin-1/ },
  { input: ['x-name', '東京'], right: /outside of Latin-1/ },
  { input: ['x-smile', 'a😀'], right: /outside of Latin-1/ },
  { input: ['x-half', '\ud800'], right: /outside of Latin-1/ },
  { input: ['x-id', '1\r\nx-evil: 1'], right: /control character/ },
  { input: ['x-id', '1\nx-evil: 1'], right: /control character/ },
  { input: ['x-id', 'a\u0000b'], right: /control character/ },
  { input: ['x-id', 'a\u007fb'], right: /control character/ },
  { input: ['x-id', 'a\u0085b'], right: /control character/ },
  { input: ['content-length', '5'], right: /set by the generator itself/ },
  { input: ['Transfer-Encoding', 'chunked'], right: /set by the generator itself/ },
  { input: ['x evil', '1'], right: /name of a header may only have/ },
  { input: ['', '1'], right: /name of a header may only have/ },
])(
  'L2 refuses the header $input with one sentence, wherever it comes from',
  ({ input: [name = '', value = ''], right }) => {
    for (const refusal of refusals(name, value)) expect(refusal).toMatch(right);
  },
);

test.each([
  { input: ['x-name', 'Müller'], right: 'x-name: Müller' },
  { input: ['x-tab', 'a\tb'], right: 'x-tab: a\tb' },
  { input: ['x-empty', ''], right: 'x-empty: ' },
  { input: ['x-odd', '"quoted; text=1"'], right: 'x-odd: "quoted; text=1"' },
])('L2 sends the header $input as it is', ({ input: [name = '', value = ''], right }) => {
  expect(refusals(name, value)).toEqual([undefined, undefined, undefined]);
  const [request] = parseRequestList(JSON.stringify({ target: '/', headers: { [name]: value } }));
  expect(wireEncoder('h', [])(request!)).toBe(`GET / HTTP/1.1\r\nhost: h\r\n${right}\r\n\r\n`);
});

test.each([
  { input: '{"target":"/","headers":["a"]}', right: /headers are not an object|cannot be the name|not a text/ },
  { input: '{"target":"/","headers":{"x":1}}', right: /value of the header x is not a text/ },
  { input: '{"target":"/","headers":null}', right: /headers are not an object/ },
  { input: '{"target":"/","headers":{"X":"1","x":"2"}}', right: /header x twice/ },
  { input: '{"target":"/","method":5}', right: /method/ },
  { input: '{"target":"/","method":"CONNECT"}', right: /method/ },
  { input: '{"target":"/","expect":200}', right: /"expect"/ },
  { input: '{"target":"/","schema":"serach"}', right: /no schema "serach".*search, page, suggest/ },
  { input: '{"target":"/","name":7}', right: /name/ },
  { input: '{"target":"/a b"}', right: /target/ },
  { input: '{"target":"/"', right: /JSON/ },
])('L2 names the line and the reason of the request $input', ({ input, right }) => {
  expect(() => parseRequestList(`/ok\n${input}\n`)).toThrow(right);
  expect(() => parseRequestList(`/ok\n${input}\n`)).toThrow(/line 2 /);
});

test('L2 lets a header of a request take the place of the one for all requests', () => {
  const encode = wireEncoder('h', [
    ['authorization', 'all'],
    ['x-all', '1'],
  ]);
  const wire = encode({ method: 'GET', target: '/', name: 'x', headers: { Authorization: 'one', Host: 'other' } });
  expect(wire).toBe('GET / HTTP/1.1\r\nx-all: 1\r\nAuthorization: one\r\nHost: other\r\n\r\n');
});
