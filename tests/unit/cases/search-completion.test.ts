import { expect, test } from 'vitest';
import { complete } from '../../../services/query/completion.ts';
import { buildVocabulary } from '../../../services/query/vocabulary.ts';
import { leastOfThree, withCpuMs } from '../../support/cpu-time.ts';

test.each([
  ['ascend', (i: number) => i],
  ['descend', (i: number) => 400_000 - i],
  ['are equal', () => 1],
])(
  'S5 one letter is completed in less than 20 ms, whatever its 400,000 words are: frequencies %s',
  (_, documentsOf) => {
    const words = Array.from({ length: 400_000 }, (_, i) => `s${i.toString(36).padStart(4, '0')}`);
    const documents = words.map((_, i) => documentsOf(i));
    const vocabulary = buildVocabulary([{ words, documents }]);
    const order = [...words.keys()].sort((a, b) => documents[b]! - documents[a]! || a - b);
    expect(complete(vocabulary, 's', 10)).toEqual(order.slice(0, 10).map((i) => words[i]));
    expect(leastOfThree(() => withCpuMs(() => complete(vocabulary, 's', 10)).cpuMs)).toBeLessThan(20);
  },
);
