/** The fields of a page, in the order of all arrays that are indexed by field. */
export const fields = ['title', 'keywords', 'body'] as const;
