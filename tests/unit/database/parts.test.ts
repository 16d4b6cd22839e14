import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bitset,
  countBits,
  hasBit,
  intersect,
  setBit,
  subtract,
  unite,
} from '../../../services/database/index/bitset.ts';
import {
  bodyCount,
  countOf,
  keywordCount,
  large,
  nameCodeOf,
  packCounts,
} from '../../../services/database/index/packed-counts.ts';
import { termNumber } from '../../../services/database/index/dictionary.ts';
import { positionReader } from '../../../services/database/index/positions.ts';
import { seekDoc } from '../../../services/database/index/seek.ts';
import { createTop } from '../../../services/database/index/best-so-far.ts';
import { shardOf } from '../../../search/sharding.ts';
import { analyse } from '../../../search/text/analysis.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { madePages } from './made-pages.ts';
import { segmentOf } from './memory.ts';

const docs = fc.uniqueArray(fc.nat(300), { maxLength: 80 }).map((numbers) => numbers.sort((a, b) => a - b));

test('bitsets are sets', () => {
  const setOf = (numbers: readonly number[]) => {
    const set = bitset(301);
    for (const number of numbers) setBit(set, number);
    return set;
  };
  const listOf = (set: ReturnType<typeof setOf>) =>
    Array.from({ length: 301 }, (_, i) => i).filter((i) => hasBit(set, i));
  fc.assert(
    fc.property(docs, docs, (a, b) => {
      const [both, either, less] = [setOf(a), setOf(a), setOf(a)];
      intersect(both, setOf(b));
      unite(either, setOf(b));
      subtract(less, setOf(b));
      expect(listOf(both)).toEqual(a.filter((i) => b.includes(i)));
      expect(listOf(either)).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
      expect(listOf(less)).toEqual(a.filter((i) => !b.includes(i)));
      expect(countBits(either)).toBe(listOf(either).length);
    }),
  );
});

test('seeking finds the first doc that is not before the one asked for', () => {
  fc.assert(
    fc.property(docs, fc.nat(301), fc.nat(80), fc.nat(80), (list, doc, x, y) => {
      const [from, to] = [Math.min(x, y, list.length), Math.min(Math.max(x, y), list.length)];
      const expected = list.findIndex((at, i) => i >= from && i < to && at >= doc);
      expect(seekDoc(Uint32Array.from(list), doc, from, to)).toBe(expected === -1 ? to : expected);
    }),
  );
});

test('the best are the first of a sorted list, equal scores by doc', () => {
  const offers = fc.array(fc.nat(8), { maxLength: 60 });
  fc.assert(
    fc.property(offers, fc.integer({ min: 1, max: 20 }), (scores, size) => {
      const top = createTop(size);
      for (const [doc, score] of scores.entries()) top.offer(doc, score + 1);
      const sorted = scores
        .map((score, doc) => ({ doc, score: score + 1 }))
        .sort((a, b) => b.score - a.score || a.doc - b.doc);
      const expected = sorted.slice(0, size);
      expect(top.take()).toEqual({ docs: expected.map(({ doc }) => doc), scores: expected.map(({ score }) => score) });
      expect(top.threshold).toBe(scores.length >= size ? expected.at(-1)!.score : 0);
    }),
  );
});

test('frequencies that fit are packed, others are marked', () => {
  fc.assert(
    fc.property(fc.nat(63), fc.nat(9), fc.nat(130), (name, keywords, body) => {
      const packed = packCounts(name, keywords, body);
      const fits = keywords < 8 && body < 128 && !(name === 63 && keywords === 7 && body === 127);
      expect(packed === large).toBe(!fits);
      if (fits) expect([nameCodeOf(packed), keywordCount(packed), bodyCount(packed)]).toEqual([name, keywords, body]);
    }),
  );
});

test('the index gives back every position of every term, from any posting to any other', () => {
  const pages = madePages(seededRandom('positions'), 60).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { segment } = segmentOf(pages);
  const random = seededRandom('jumps');
  const read = pages.map((page) => analyse(page.body));
  for (const term of new Set(read.flatMap(({ terms }) => terms))) {
    const t = termNumber(segment, term);
    const reader = positionReader(segment);
    const [start, end] = [segment.postingStart[t]!, segment.postingStart[t + 1]!];
    for (let i = 0; i < 5; i++) {
      const p = start + Math.floor(random.next() * (end - start));
      const { terms, positions } = read[segment.docs[p]!]!;
      const expected = positions.filter((_, j) => terms[j] === term);
      expect(countOf(segment, p, 2)).toBe(expected.length);
      expect(reader.read(p, 2), term).toEqual(expected);
    }
  }
  expect(termNumber(segment, 'unheardof')).toBe(-1);
  expect(termNumber(segment, '')).toBe(-1);
});

test('ids spread evenly over the shards, and each stays where it is', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `n${String(i * 37).padStart(8, '0')}`);
  for (const shards of [1, 2, 4, 7]) {
    const sizes = new Map<number, number>();
    for (const id of ids) sizes.set(shardOf(id, shards), (sizes.get(shardOf(id, shards)) ?? 0) + 1);
    expect([...sizes.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: shards }, (_, i) => i + 1));
    for (const size of sizes.values()) expect(Math.abs(size / (ids.length / shards) - 1)).toBeLessThan(0.1);
  }
  // A data set on disk depends on it: it must never change.
  expect(['n02086723', 'a', 'Zürich', ''].map((id) => shardOf(id, 1_000))).toEqual([86, 716, 561, 924]);
});
