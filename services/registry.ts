import type { Component } from '../shared/cluster/component.ts';

/**
 * All components, by the name that topologies use, in the order in which a request reaches them. A component is loaded
 * when a node asks for it, so a node pays only for its own.
 */
const loaders: Readonly<Record<string, () => Promise<unknown>>> = {
  client: async () => (await import('./client/component.ts')).clientComponent,
  gateway: async () => (await import('./gateway/component.ts')).gatewayComponent,
  app: async () => (await import('./app/component.ts')).appComponent,
  query: async () => (await import('./query/component.ts')).queryComponent,
  database: async () => (await import('./database/component.ts')).databaseComponent,
  ranking: async () => (await import('./ranking/component.ts')).rankingComponent,
  html: async () => (await import('./html/component.ts')).htmlComponent,
  monitor: async () => (await import('./monitor/component.ts')).monitorComponent,
  chaos: async () => (await import('./chaos/component.ts')).chaosComponent,
  traces: async () => (await import('./traces/component.ts')).tracesComponent,
  console: async () => (await import('./console/component.ts')).consoleComponent,
};

export type Components = Readonly<Record<string, Component>>;

/** The components with these names, or all components without an argument. Unknown names are left out. */
export async function loadComponents(names: readonly string[] = Object.keys(loaders)): Promise<Components> {
  const known = names.filter((name) => Object.hasOwn(loaders, name));
  const loaded = await Promise.all(known.map(async (name) => [name, (await loaders[name]!()) as Component] as const));
  return Object.fromEntries(loaded);
}
