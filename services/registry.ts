import type { Component } from '../shared/cluster/component.ts';
import { appComponent } from './app/component.ts';
import { clientComponent } from './client/component.ts';
import { consoleComponent } from './console/component.ts';
import { databaseComponent } from './database/component.ts';
import { gatewayComponent } from './gateway/component.ts';
import { htmlComponent } from './html/component.ts';
import { monitorComponent } from './monitor/component.ts';
import { queryComponent } from './query/component.ts';
import { rankingComponent } from './ranking/component.ts';

/** Every component there is, by the name that topologies use, in the way of a request. */
export const components = {
  client: clientComponent,
  gateway: gatewayComponent,
  app: appComponent,
  query: queryComponent,
  database: databaseComponent,
  ranking: rankingComponent,
  html: htmlComponent,
  monitor: monitorComponent,
  console: consoleComponent,
} as unknown as Readonly<Record<string, Component>>;
