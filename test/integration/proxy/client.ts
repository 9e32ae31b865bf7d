import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface RequestExtras extends RequestOptions {
  readonly ca?: string;
  readonly servername?: string;
  readonly body?: string;
}

/** One request over HTTP/1.1, redirects not followed. The path is sent as it is written. */
export function request(
  origin: string,
  path: string,
  { body, ...extras }: RequestExtras = {},
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(origin);
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send({ hostname, port, path, agent: false, ...extras }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

/** With the name that TLS asks for, which the types of ws leave out. */
type SocketOptions = ClientOptions & { readonly servername?: string };

/** A WebSocket once it is open; the status, as an error's message, when the handshake is refused. */
export function openSocket(url: string, options: SocketOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, options);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_, { statusCode }) => {
      socket.terminate();
      reject(new Error(String(statusCode)));
    });
    socket.on('error', reject);
  });
}

/** Sends a text and returns the next that comes. */
export function exchange(socket: WebSocket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)));
    socket.once('close', (code) => reject(new Error(`Closed with ${code}`)));
  });
  socket.send(text);
  return answer;
}

/** The code a socket is closed with. */
export function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** True when something listens on a loopback port. */
export function listens(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(undefined));
  });
}
