/** What blocks of code in the documentation take for granted: an application, stores and functions of a team's own. */

declare const app: import('tidegate/server').RealtimeApp;
declare const settings: ReturnType<typeof import('tidegate/server').loadSettings>;
declare const realtime: typeof import('tidegate/server').realtime;
declare const socket: import('tidegate/server').Socket;
declare const request: import('tidegate/server').Request;
declare function handler(socket: import('tidegate/server').Socket): Promise<void>;
declare const mail: import('tidegate/server').Task<{ to: string; text: string }>;
declare const mailer: import('tidegate/server').Dependency<{
  send(to: string, text: string, signal: AbortSignal): Promise<string>;
}>;
declare const z: typeof import('zod').z;

declare const ReconnectingSocket: typeof import('tidegate/client').ReconnectingSocket;
declare const url: string;
declare function getToken(): Promise<string>;
declare function reload(): void;

declare const environment: import('tidegate/constructs').RealtimeEnvironment;

declare const namespace: import('@pulumi/kubernetes').core.v1.Namespace;
declare const credentials: import('@pulumi/kubernetes').core.v1.Secret;
declare const provider: import('@pulumi/kubernetes').Provider;
declare const database: { readonly address: import('@pulumi/pulumi').Output<string> };

declare const sessions: {
  find(id: string | readonly string[] | undefined): Promise<{ user: string; endsAt: number } | undefined>;
};
declare function bidsOf(user: string): Promise<readonly number[]>;
declare function ownerOf(channel: string): Promise<string>;
declare function prices(market: string): Promise<Readonly<Record<string, number>>>;
declare function orders(): Promise<readonly string[]>;
declare function oldOrders(): Promise<readonly string[]>;
declare function store(order: unknown): Promise<{ readonly id: string }>;
declare function sendReceipt(order: { readonly id: string }): Promise<void>;
