/** Child processes and connections that this process holds. */
export const heldResources = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap' || kind === 'TCPSocketWrap');
