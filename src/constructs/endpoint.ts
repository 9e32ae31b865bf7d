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
