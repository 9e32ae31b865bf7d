/** What a client sent is not of the protocol; it is disconnected as a bad request. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}
