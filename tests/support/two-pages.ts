import { afterAll, beforeAll } from 'vitest';
import { dataFolder, type TestPage } from './cluster.ts';

export const twoPages: readonly TestPage[] = [
  { id: 'dog', title: 'dog', body: 'a domestic animal that barks', links: ['cat'] },
  { id: 'cat', title: 'cat', body: 'a domestic animal that purrs', links: ['dog'] },
];

/** A data folder with these two pages, for all tests of a file. */
export function twoPageData(): { readonly dir: string } {
  let data: Awaited<ReturnType<typeof dataFolder>> | undefined;
  beforeAll(async () => {
    data = await dataFolder(twoPages);
  });
  afterAll(() => data?.remove());
  return {
    get dir() {
      return data!.dir;
    },
  };
}
