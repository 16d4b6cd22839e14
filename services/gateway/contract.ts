import { contract, type Introduction } from '../../shared/rpc/contract.ts';
import { app } from '../app/contract.ts';

const about: Introduction = {
  component: 'gateway',
  purpose: 'Receives every request from outside: limits the rate, checks the request, gives it an id and forwards it.',
  calls: ['app'],
};

/**
 * The operations for the thin client: those of the application server. The REST API (rest.ts) uses the same handlers.
 */
export const gateway = contract(about, app.operations);
