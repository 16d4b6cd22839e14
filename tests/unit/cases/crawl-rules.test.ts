import { expect, test } from 'vitest';
import { readDirectives } from '../../../corpus/crawl/directives.ts';
import { looksLikeHtml } from '../../../corpus/crawl/origin.ts';
import { parseRobots } from '../../../corpus/crawl/robots.ts';
import { withCpuMs } from '../../support/cpu-time.ts';

// Patterns and paths of RFC 9309, sections 2.2.2 and 2.2.3, and more of their kind.
test.each<[pattern: string, path: string, matches: boolean]>([
  ['/foo/bar?baz=quz', '/foo/bar?baz=quz', true],
  ['/foo/bar?baz=https%3A%2F%2Ffoo.bar', '/foo/bar?baz=https%3A%2F%2Ffoo.bar', true],
  ['/foo/bar?baz=https%3A%2F%2Ffoo.bar', '/foo/bar?baz=https://foo.bar', false],
  ['/foo/bar/\u30C4', '/foo/bar/%E3%83%84', true],
  ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84', true],
  ['/foo/bar/%62%61%7A', '/foo/bar/baz', true],
  ['/foo/bar/baz', '/foo/bar/%62%61%7a', true],
  ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html', true],
  ['/path/file-with-a-%2A.html', '/path/file-with-a-b.html', false],
  ['/path/foo-%24', '/path/foo-$', true],
  ['/path/foo-$bar', '/path/foo-$bar', true],
  ['/a%2Fb', '/a/b', false],
  ['/%7Ejoe/', '/~joe/x', true],
  ['/*?wsdl$', '/svc?wsdl', true],
  ['/*?wsdl$', '/svc?wsdl=', false],
  ['/*.gif$', '/a.gif', true],
  ['/*.gif$', '/a.gif.html', false],
  ['/this/*/exactly', '/this/x/y/exactly-so', true],
  ['/fish*', '/fishheads/yummy.html', true],
  ['/fish', '/Fish', false],
  ['/ab*ab$', '/ab', false],
  ['/ab*ab$', '/abab', true],
  ['*/private', '/x/private', true],
  ['/a b', '/a%20b', true],
  ['/x|y', '/x|y', true],
])('C3 compares as RFC 9309 says: "%s" and %s match: %s', (pattern, path, matches) => {
  expect(parseRobots(`User-agent: *\nDisallow: ${pattern}`).allows(path)).toBe(!matches);
});

test.each<[rules: string, path: string, allowed: boolean]>([
  ['Allow: /p\nDisallow: /', '/page', true],
  ['Allow: /folder\nDisallow: /folder', '/folder/page', true],
  ['Allow: /page\nDisallow: /*.htm', '/page.htm', false],
  ['Disallow: /*.htm\nAllow: /page*htm', '/page.htm', true],
  ['Allow: /$\nDisallow: /', '/', true],
  ['Allow: /$\nDisallow: /', '/page.htm', false],
  ['Disallow:', '/x', true],
  ['Disallow: /\nAllow: /robots.txt', '/robots.txt', true],
  ['DISALLOW : /x # comment', '/x', false],
])('C3 the longest match decides, and allowing wins a tie: %j lets %s in: %s', (rules, path, allowed) => {
  expect(parseRobots(`User-agent: *\n${rules}`).allows(path)).toBe(allowed);
});

test.each<[text: string, allowed: boolean]>([
  ['User-agent: tierlab\nDisallow: /x', false],
  ['User-agent: TIERLAB/2.0\nDisallow: /x', false],
  ['User-agent: tierlabbot\nDisallow: /x', true],
  ['User-agent: tier\nDisallow: /x', true],
  ['User-agent: *\nDisallow: /x\n\nUser-agent: tierlab\nDisallow: /y', true],
  ['User-agent: tierlab\nDisallow: /y\n\nUser-agent: tierlab\nDisallow: /x', false],
  ['User-agent: other\nUser-agent: tierlab\nDisallow: /x', false],
  ['User-agent: tierlab\nSitemap: http://h/s.xml\nUser-agent: other\nDisallow: /x', false],
  ['User-agent: tierlab\n\n\nDisallow: /x', false],
  ['Disallow: /x', true],
  ['\uFEFFUser-agent: *\r\nDisallow: /x\r\n', false],
  ['User-agent: *\rDisallow: /x', false],
  ['<html>User-agent: *\nDisallow: /x', true],
])('C3 the right group is taken: %j lets /x in: %s', (text, allowed) => {
  expect(parseRobots(text).allows('/x')).toBe(allowed);
});

test('C3 rules made to be slow are matched in time linear in their length', () => {
  const rules = `User-agent: *\n${`Disallow: /${'*a'.repeat(100)}b$\n`.repeat(2_000)}${' '.repeat(100_000)}`;
  expect(parseRobots(rules).allows(`/${'a'.repeat(8_000)}`)).toBe(true);
});

test.each(['otherbot', 'tierlab', '*'])(
  'C2 a group that names %s 17,000 times, with 13,000 rules, is read once',
  (agent) => {
    const rules = parseRobots(`${`User-agent: ${agent}\n`.repeat(17_000)}${'Disallow: /x\n'.repeat(13_000)}`);
    expect([rules.allows('/y'), rules.allows('/x')]).toEqual([true, agent === 'otherbot']);
  },
);

test.each<[metas: string[], headers: string[], noindex: boolean, nofollow: boolean]>([
  [['max-image-preview:none'], [], false, false],
  [['max-image-preview : none'], [], false, false],
  [['noindex max-snippet:0'], [], true, false],
  [['index', 'noindex'], [], true, false],
  [['NOFOLLOW'], ['otherbot: noindex'], false, true],
  [[], ['otherbot: noindex', 'nofollow'], false, true],
  [[], ['otherbot: noindex, tierlab: nofollow, noarchive'], false, true],
  [[], ['Tierlab: none'], true, true],
  [[], ['unavailable_after: 25 Jun 2035 15:00:00 PST, noindex'], true, false],
  [['nonenone', 'noindexx'], ['xnoindex'], false, false],
])('C4 metas %j and headers %j ask: noindex %s, nofollow %s', (metas, headers, noindex, nofollow) => {
  expect(readDirectives(metas, headers)).toEqual({ noindex, nofollow });
});

test.each<[string, () => unknown]>([
  ['a long name in a robots meta', () => readDirectives(['a'.repeat(50_000)], [])],
  ['a long name in a header', () => readDirectives([], ['a'.repeat(50_000)])],
  ['many comments before no tag', () => looksLikeHtml(Buffer.from(`${'<!---->'.repeat(28)}x`))],
])('C4 %s costs no more time than other texts of this length', (_what, work) => {
  expect(withCpuMs(work).cpuMs).toBeLessThan(500);
});
