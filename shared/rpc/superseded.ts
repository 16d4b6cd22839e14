import { RpcError } from './errors.ts';

/**
 * Why an attempt is stopped whose answer has become needless: the call itself is answered. Nobody is late, and nobody
 * has gone, so the transport may take a moment to end the exchange without breaking the connection.
 */
export class Superseded extends RpcError {
  constructor(detail: string) {
    super('cancelled', detail);
    this.name = 'Superseded';
  }
}
