import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ensureDataset } from '../../../corpus/build.ts';
import { importPages } from '../../../corpus/import.ts';
import { shardFiles } from '../../../services/database/files.ts';
import { passageAt } from '../../../services/database/passage.ts';
import { shardFolder } from '../../../search/sharding.ts';
import { openStore } from '../../../services/database/store.ts';
import { cutText } from '../../../shared/cut-text.ts';
import { processingKey } from '../../../shared/security/processing-key.ts';
import { verifyPage } from '../../../shared/security/signing.ts';
import { importedPages, jsonLines, put } from '../corpus/helpers.ts';
import { crawlFolder, html } from './crawl-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const smile = '\u{1F600}';

test.each([
  ['a title', html(`a${smile.repeat(1_500)}`, 'x')],
  ['a first heading', `<h1>a${smile.repeat(1_500)}</h1>x`],
  ['a body', html('T', `a${smile.repeat(600_000)}`)],
  ['a half in the page', html('T', 'a&#xD83D;b')],
  ['a half in an attribute', `<meta name=description content="&#xDE00;x"><title>T</title>y`],
])('C9 %s is cut between characters', async (_where, page) => {
  const { pages } = await crawlFolder({ 'a.html': page });
  expect(JSON.stringify(pages).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(pages))).toBe(true);
});

const half = '\uD83D';

test.each([
  ['title', { title: `T${half}` }],
  ['body', { body: `${half}B` }],
  ['text', { text: `B${half}B` }],
  ['keywords', { keywords: [`k${half}`, half] }],
  ['url', { url: `http://localhost/${half}` }],
  ['url without a host', { url: `/page/${half}x` }],
  ['a relation', { links: [{ id: 'q', relation: `r${half}` }] }],
  ['a relation that is cut', { links: [{ id: 'q', relation: `a${smile.repeat(150)}` }] }],
])('C9 a page with half a surrogate pair in its %s is imported, and its signature holds', async (_where, part) => {
  const dataDir = temporaryFolder();
  const lines = jsonLines({ id: 'p', title: 'P', ...part }, { id: 'q', title: 'Q' });
  await importPages(put(temporaryFolder(), 'pages.jsonl', lines), { dataDir, replace: true });
  expect(JSON.stringify(importedPages(dataDir))).not.toMatch(/\\ud[89a-f]/);
  const { datasetDir } = await ensureDataset({ dataDir, shards: 1 });
  const store = openStore(shardFiles(path.join(datasetDir, shardFolder(1, 1))).store);
  const pages = store.pages(['p', 'q']);
  store.close();
  expect(pages).toHaveLength(2);
  for (const page of pages)
    expect(verifyPage(processingKey(dataDir), page, page.version, page.signature ?? '')).toBe(true);
});

test('C9 text is cut to whole characters, and by no more than half a pair', () => {
  const text = fc.string({ unit: fc.constantFrom(smile, 'a', '\u0301', '\u{1F468}\u200D\u{1F469}') });
  fc.assert(
    fc.property(text, fc.nat({ max: 30 }), (whole, max) => {
      const cut = cutText(whole, max);
      expect(cut.isWellFormed() && whole.startsWith(cut)).toBe(true);
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(whole.length, max) - 1);
    }),
  );
});

test('C9 passages are cut to whole characters', () => {
  const unit = fc.constantFrom(smile, 'a', ' ', '. ', '   '.repeat(40));
  fc.assert(
    fc.property(fc.string({ unit, minLength: 100, maxLength: 600 }), fc.nat({ max: 500 }), (body, at) => {
      expect(passageAt(body, Math.min(at, body.length)).isWellFormed()).toBe(true);
    }),
    { numRuns: 500 },
  );
});
