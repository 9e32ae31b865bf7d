import { subscribe } from 'node:diagnostics_channel';

/** Why a handshake fails: WebSockets keep that from their users, since pages are not to know. */
export class HandshakeAnswer {
  /** The last answer, for example `HTTP 401` or `ECONNREFUSED`; empty while there is none. */
  text = '';

  constructor() {
    subscribe('undici:request:headers', (message) => {
      const { statusCode } = (message as { response: { statusCode: number } }).response;
      this.text = `HTTP ${statusCode}`;
    });
    subscribe('undici:client:connectError', (message) => {
      const { code, message: text } = (message as { error: Error & { code?: string } }).error;
      this.text = code ?? text;
    });
  }
}
