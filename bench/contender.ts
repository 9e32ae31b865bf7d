/** What the clients of a workload do. */
export type Activity = 'room' | 'dropping-room' | 'echo' | 'flooded' | 'flooded-chat' | 'idle' | 'connect';

/** How the clients of a server talk. */
export interface Clients {
  readonly protocol: 'plain' | 'socket-io' | 'centrifugo';
  /** Plain: path of the endpoint. */
  readonly path?: string;
  /** Centrifugo: what a client subscribes to, a channel of all or one of its own. */
  readonly channel?: 'shared' | 'own' | 'none';
  /** Whether each brings a token, signed with `TOKEN_KEY`. */
  readonly token?: boolean;
}

export interface ServerOptions {
  readonly activity: Activity;
  readonly port: number;
  /** Empty when the server starts, and removed after it. */
  readonly directory: string;
  /** Port of the Redis that replicas share; undefined when there is one replica. */
  readonly redisPort: number | undefined;
}

/** A program to run; it is pinned to one core, and so is whatever it starts. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers 200 once clients are welcome; by default it is enough that the port is open. */
  readonly readyPath?: string;
}

/** A server that is measured. */
export interface Contender {
  /** As the tables call it. */
  readonly name: string;
  /** With those of the runtime and of the libraries that matter. */
  version(): string;
  /** Fetches and builds what it needs into the user's cache, unless it is there. */
  install(): Promise<void>;
  /** Sets what makes it comparable, and leaves the rest at its defaults. */
  server(options: ServerOptions): Promise<ServerCommand>;
  /** What it can be asked to do. */
  readonly clients: Readonly<Partial<Record<Activity, Clients>>>;
  /** Whether several of it can share a Redis. */
  readonly replicates: boolean;
}

/** HS256 key of the clients' tokens. It protects nothing. */
export const TOKEN_KEY = 'the-benchmark-signs-its-tokens-with-this';
