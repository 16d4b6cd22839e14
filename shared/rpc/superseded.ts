import { RpcError } from './errors.ts';

/**
 * The reason for stopping an attempt after another one has answered the call. No deadline passed, and no caller left.
 * So the transport may wait a moment for the exchange to end, and keep the connection.
 */
export class Superseded extends RpcError {
  constructor(detail: string) {
    super('cancelled', detail);
    this.name = 'Superseded';
  }
}
