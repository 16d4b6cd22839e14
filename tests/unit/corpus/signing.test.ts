import { readFileSync, statSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { processingKey, processingKeyFile } from '../../../shared/security/processing-key.ts';
import { canonical, firstVersion, signPage, verifyPage, type SignedPage } from '../../../shared/security/signing.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const key = Buffer.alloc(32, 7);
const page: SignedPage = {
  id: 'n1',
  title: 'dog',
  body: 'barks "all" night\n',
  keywords: ['noun.animal', 'hound'],
  url: '/page/n1',
  links: [{ id: 'n2', relation: 'hypernym' }],
};

test('a signature holds for exactly the page, version and key that it was made for', () => {
  const signature = signPage(key, page, firstVersion);
  expect(signature).toMatch(/^[\w-]{43}$/);
  expect(verifyPage(key, page, firstVersion, signature)).toBe(true);
  const changed: SignedPage[] = [
    { ...page, id: 'n3' },
    { ...page, title: 'Dog' },
    { ...page, body: page.body.trim() },
    { ...page, keywords: ['noun.animal hound'] },
    { ...page, keywords: ['hound', 'noun.animal'] },
    { ...page, url: '/page/n2' },
    { ...page, links: [] },
    { ...page, links: [{ id: 'n2', relation: 'hyponym' }] },
    { ...page, links: [{ id: 'n3', relation: 'hypernym' }] },
  ];
  for (const forged of changed) expect(verifyPage(key, forged, firstVersion, signature)).toBe(false);
  expect(verifyPage(key, page, firstVersion + 1, signature)).toBe(false);
  expect(verifyPage(Buffer.alloc(32, 8), page, firstVersion, signature)).toBe(false);
});

test('what is no signature at all is refused without an error', () => {
  for (const nonsense of ['', 'x', 'A'.repeat(43), 'A'.repeat(10_000), '\u{1F600}'.repeat(20)]) {
    expect(verifyPage(key, page, firstVersion, nonsense)).toBe(false);
  }
});

test('titles of link targets and other additions do not touch the signature', () => {
  const shown = { ...page, links: [{ id: 'n2', relation: 'hypernym', title: 'canine' }], popularity: 0.5 };
  expect(signPage(key, shown, firstVersion)).toBe(signPage(key, page, firstVersion));
});

const pagesOf = (text: fc.Arbitrary<string>) =>
  fc.record({
    id: text,
    title: text,
    body: text,
    keywords: fc.array(text, { maxLength: 3 }),
    url: text,
    links: fc.array(fc.record({ id: text, relation: text }), { maxLength: 3 }),
  });
const anyPage = pagesOf(fc.string({ unit: 'binary' }));

test('no two different pages have the same bytes, whatever characters they hold', () => {
  fc.assert(
    fc.property(anyPage, anyPage, (a, b) => {
      const bytes = (each: SignedPage) => Buffer.from(canonical(each, 1)).toString('hex');
      expect(bytes(a) === bytes(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
    { numRuns: 300 },
  );
});

test('C9 a page has the same signature before and after it was stored, whatever its text', () => {
  const unit = fc.constantFrom('\uD800', '\uDC00', '\uDBFF', '\uDFFF', '\u{1F600}', 'a', '\\ud800', '\\', '"', '\0');
  const pages = pagesOf(fc.string({ unit }));
  const stored = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
      typeof part === 'string' ? Buffer.from(part).toString() : part,
    );
  fc.assert(
    fc.property(pages, (page) => {
      const signature = signPage(key, page, firstVersion);
      expect(verifyPage(key, stored(page) as SignedPage, firstVersion, signature)).toBe(true);
      expect(verifyPage(key, { ...page, title: `${page.title}x` }, firstVersion, signature)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('the key is made once, for this user only', () => {
  const dataDir = temporaryFolder();
  const made = processingKey(dataDir);
  expect(made).toHaveLength(32);
  expect(processingKey(dataDir)).toEqual(made);
  expect(processingKey(temporaryFolder())).not.toEqual(made);
  if (process.platform !== 'win32') expect(statSync(processingKeyFile(dataDir)).mode & 0o777).toBe(0o600);
  expect(readFileSync(processingKeyFile(dataDir), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test('a damaged key is refused, not replaced', () => {
  const dataDir = temporaryFolder();
  processingKey(dataDir);
  writeFileSync(processingKeyFile(dataDir), 'x');
  expect(() => processingKey(dataDir)).toThrow(/is damaged/);
  expect(readFileSync(processingKeyFile(dataDir), 'utf8')).toBe('x');
});
