import type { TestPage } from '../support/cluster.ts';

/** A small web of pages: several pages of results, links in both directions, and pages with hostile markup. */
export const corpus: readonly TestPage[] = [
  {
    id: 'dog',
    title: 'dog, domestic dog',
    body: 'a domesticated animal that barks; "the dog barked all night"',
    keywords: ['noun.animal'],
    links: [
      { id: 'animal', relation: 'hypernym' },
      { id: 'puppy', relation: 'hyponym' },
    ],
  },
  {
    id: 'animal',
    title: 'animal, creature',
    body: 'a living thing that moves',
    links: [{ id: 'dog', relation: 'hyponym' }],
  },
  { id: 'puppy', title: 'puppy', body: 'a young dog', links: [{ id: 'dog', relation: 'hypernym' }] },
  ...Array.from({ length: 32 }, (_, i) => ({
    id: `breed-${i}`,
    title: `breed number ${i}`,
    body: `one of many breeds of dogs that live with people, number ${i}`,
    links: [{ id: 'dog', relation: 'hypernym' }],
  })),
  {
    id: 'hostile',
    title: '<script>window.hacked=1</script><img src=x onerror=window.hacked=1>',
    body: 'hostile "><svg onload=window.hacked=1> {{constructor}}',
    keywords: ['"><script>window.hacked=1</script>'],
    links: [{ id: 'dog', relation: '<img src=x onerror=window.hacked=1>' }],
  },
];
