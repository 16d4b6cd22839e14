import type { Contract } from '../../shared/rpc/contract.ts';
import { app } from '../app/contract.ts';
import { chaos } from '../chaos/contract.ts';
import { client } from '../client/contract.ts';
import { database } from '../database/contract.ts';
import { gateway } from '../gateway/contract.ts';
import { html } from '../html/contract.ts';
import { monitor } from '../monitor/contract.ts';
import { query } from '../query/contract.ts';
import { ranking } from '../ranking/contract.ts';
import { traces } from '../traces/contract.ts';
import { consoleContract } from './contract.ts';

const all: readonly Contract[] = [
  client,
  gateway,
  app,
  query,
  database,
  ranking,
  html,
  monitor,
  chaos,
  traces,
  consoleContract,
];

/** The contract of each component, in the order in which an object-based search uses them. */
export const contracts: ReadonlyMap<string, Contract> = new Map(all.map((it) => [it.component, it]));
