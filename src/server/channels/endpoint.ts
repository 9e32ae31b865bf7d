import type { RealtimeApp } from '../app/application.ts';
import { subprotocolsOf } from '../auth/proof.ts';
import type { Connection } from '../transport/connection.ts';
import type { Proof } from './client.ts';
import { channelsApi } from './http-api.ts';
import { JSON_WIRE, PROTOBUF_SUBPROTOCOL, PROTOBUF_WIRE } from './protocol/wire.ts';

/**
 * `/connection/websocket`: channels by the Centrifugo client protocol, for its SDKs. Text messages are JSON; who offers the
 * subprotocol `centrifuge-protobuf`, or asks for `?format=protobuf`, gets Protobuf in binary ones. Beside it,
 * `/api/channels/…` for other servers.
 */
export function channels(app: RealtimeApp): void {
  channelsApi(app.http, app.channels);
  app.websocket('/connection/websocket', async (socket, request) => {
    const byProtocol = subprotocolsOf(request.headers).offered.includes(PROTOBUF_SUBPROTOCOL);
    await socket.accept(byProtocol ? { subprotocol: PROTOBUF_SUBPROTOCOL } : {});
    const protobuf = byProtocol || request.query.format === 'protobuf';
    const connection = socket as Connection;
    const { user } = request;
    const proof: Proof | undefined = user && {
      user: user.id,
      expiresAt: user.expiresAt,
      refresh: (token) => request.refresh(token),
    };
    const session = app.channels.serve(protobuf ? PROTOBUF_WIRE : JSON_WIRE, connection, proof);
    await connection.drive(session);
  });
}
