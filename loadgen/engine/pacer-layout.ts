/** What the event loop and the pacer thread share: two words and the due time (ms since 1970, fractional). */
export const pacerLayout = { sequence: 0, stopped: 1, dueOffset: 8, bytes: 16 } as const;
