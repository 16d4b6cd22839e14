// Every node's middleware sends heartbeats, so the contract is the middleware's; here it is where every component has its own.
export { Digest, Heartbeat, monitor, type ToldOrder } from '../../shared/membership/contract.ts';
