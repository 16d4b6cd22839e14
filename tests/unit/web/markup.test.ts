import * as fc from 'fast-check';
import { parseFragment, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { expect, test } from 'vitest';
import { escapeHtml, markup } from '../../../web/markup.ts';

test('text is escaped, markup is not, nothing is left out', () => {
  const inner = markup`<b>${'a < b & "c"'}</b>`;
  expect(markup`<p title="${"'x'"}">${inner}${undefined}${false}${null}${7}</p>`.text).toBe(
    '<p title="&#39;x&#39;"><b>a &lt; b &amp; &quot;c&quot;</b>7</p>',
  );
});

test('lists are joined without commas, at any depth', () => {
  expect(markup`<ul>${['a', [markup`<li>b</li>`, '<']]}</ul>`.text).toBe('<ul>a<li>b</li>&lt;</ul>');
});

test('an object from JSON that looks like markup is not taken for markup', () => {
  const forged = JSON.parse('{"text":"<script>alert(1)</script>"}') as never;
  expect(() => markup`${forged}`).toThrow();
});

test('no string leaves the place that it is put into, as an HTML parser sees it', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '/',
        '=',
        '`',
        ' ',
        '\n',
        'script',
        'onload',
        '!--',
        '--',
        ']]>',
        ';',
        '#',
        'x',
      ),
    }),
  );
  fc.assert(
    fc.property(nasty, (text) => {
      const fragment = parseFragment(markup`<p title="${text}">${text}</p><i></i>`.text);
      const [p, i, ...rest] = fragment.childNodes as Tree.Element[];
      expect(rest).toEqual([]);
      expect([p?.tagName, i?.tagName]).toEqual(['p', 'i']);
      expect(p?.attrs.map(({ name }) => name)).toEqual(['title']);
      expect(p?.childNodes.every((child) => child.nodeName === '#text')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('escaping is undone by a parser: what was meant is what is read', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '<', '>', '"', "'", '&', 'amp;', 'é', '犬', '🐕') }), (text) => {
      const [p] = parseFragment(`<p>${escapeHtml(text)}</p>`).childNodes as Tree.Element[];
      expect((p!.childNodes as Tree.TextNode[]).map(({ value }) => value).join('')).toBe(text);
    }),
  );
});
