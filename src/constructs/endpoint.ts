import type { SecretKey } from '../spec/index.ts';

/** Where a store is reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where a database is reached, and as whom. */
export interface DatabaseConnection extends Endpoint {
  readonly database: string;
  readonly user: string;
}

/** The same over TLS. */
export interface SecureConnection extends DatabaseConnection {
  /** Key of the Secret with the authorities (PEM) that its certificate is checked with. */
  readonly tlsCa: SecretKey;
}
