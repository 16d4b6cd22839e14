/** Words as a tree of their letters, in typed arrays: about 14 bytes a node, three nodes a word. Node 0 is the root. */
export interface Trie {
  readonly letter: Uint16Array;
  /** 0 = none: the root is nobody's child. */
  readonly firstChild: Uint32Array;
  readonly nextSibling: Uint32Array;
  /** Number of the word that ends here, or -1. */
  readonly word: Int32Array;
}

/** `words` ascend and do not repeat. */
export function buildTrie(words: readonly string[]): Trie {
  let size = 1;
  for (const [i, word] of words.entries()) size += word.length - shared(words[i - 1] ?? '', word);
  const letter = new Uint16Array(size);
  const firstChild = new Uint32Array(size);
  const nextSibling = new Uint32Array(size);
  const ends = new Int32Array(size).fill(-1);
  // The nodes from the root to the end of the word before: path[depth].
  const path: number[] = [0];
  let next = 1;
  for (const [i, word] of words.entries()) {
    const kept = shared(words[i - 1] ?? '', word);
    for (let depth = kept; depth < word.length; depth++) {
      const node = next++;
      letter[node] = word.charCodeAt(depth);
      // Where the word leaves the one before, it stands beside that one's node; further down each node is an only child
      // so far.
      const beside = depth === kept ? path[depth + 1] : undefined;
      if (beside === undefined) firstChild[path[depth]!] = node;
      else nextSibling[beside] = node;
      path[depth + 1] = node;
    }
    path.length = word.length + 1;
    ends[path[word.length]!] = i;
  }
  return { letter, firstChild, nextSibling, word: ends };
}

function shared(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}
