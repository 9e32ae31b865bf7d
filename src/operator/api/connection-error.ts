/** The API server could not be reached, or the connection broke, fell silent or carried nonsense. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
