import { Centrifuge as JsonClient, type Options } from 'centrifuge';
import { Centrifuge as ProtobufClient } from 'centrifuge/build/protobuf';
import { WebSocket } from 'ws';

export type Protocol = 'json' | 'protobuf';
type ClientOptions = Partial<Options>;

/** A client of the official SDK, which comes back quickly. */
export function sdkClient(protocol: Protocol, url: string, options: ClientOptions = {}): JsonClient {
  const Client = protocol === 'json' ? JsonClient : (ProtobufClient as unknown as typeof JsonClient);
  return new Client(`${url.replace(/^http/, 'ws')}/connection/websocket`, {
    websocket: WebSocket,
    minReconnectDelay: 20,
    maxReconnectDelay: 100,
    ...options,
  });
}

/** The socket a client of the SDK has now, which it keeps to itself; undefined between two. */
export function socketOf(client: JsonClient): WebSocket | undefined {
  const { _transport: transport } = client as unknown as { _transport: { _transport?: WebSocket } | null };
  return transport?._transport;
}

/** A value as data of this protocol: bytes for Protobuf. */
export function toData(protocol: Protocol, value: unknown): unknown {
  return protocol === 'json' ? value : new TextEncoder().encode(JSON.stringify(value));
}

/** The value of data of this protocol; undefined when there is none. */
export function fromData(protocol: Protocol, data: unknown): unknown {
  if (protocol === 'json' || data === undefined) return data;
  const text = new TextDecoder().decode(data as Uint8Array);
  return text === '' ? undefined : JSON.parse(text);
}
