import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type * as client from '../../../src/client/index.ts';
import { launchBrowser } from '../browser.ts';
import { TestServer } from './test-server.ts';

declare global {
  interface Window {
    /** The client as a browser gets it. */
    tidegate: typeof client;
    socket: client.ReconnectingSocket;
    /** Every event of the socket; bytes as arrays of numbers. */
    events: unknown[][];
    connect(options?: client.SocketOptions): client.ReconnectingSocket;
  }
}

const SCRIPT = `
import * as tidegate from '/client.js';
window.tidegate = tidegate;
window.events = [];
window.connect = (options) => {
  const url = 'ws://' + location.host;
  const socket = new tidegate.ReconnectingSocket(url, { baseDelayMs: 1, maxDelayMs: 4, ...options });
  for (const name of ['state', 'message', 'binary', 'reconnecting', 'dropped', 'close']) {
    socket.on(name, (event) => {
      window.events.push([name, event instanceof ArrayBuffer ? [...new Uint8Array(event)] : event]);
    });
  }
  return window.socket = socket;
};
`;

/** A real browser with the client in a page, and the WebSocket server that the page came from. */
export class ChromiumClient implements AsyncDisposable {
  readonly server: TestServer;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors that nobody caught. */
  readonly errors: string[] = [];
  readonly #close: () => Promise<void>;

  private constructor(server: TestServer, page: Page, close: () => Promise<void>) {
    this.server = server;
    this.page = page;
    this.context = page.context();
    this.#close = close;
    page.on('pageerror', ({ message }) => this.errors.push(message));
  }

  static launch(): Promise<Browser> {
    return launchBrowser();
  }

  static async open(browser: Browser): Promise<ChromiumClient> {
    const bundle = await build({
      entryPoints: ['src/client/index.ts'],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
    });
    const http = createServer(({ url }, response) => {
      const script = url === '/client.js';
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
      response.end(script ? bundle.outputFiles[0]?.text : `<script type="module">${SCRIPT}</script>`);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const server = await TestServer.start({ server: http });
    const page = await browser.newPage();
    const client = new ChromiumClient(server, page, async () => {
      await page.context().close();
      await server[Symbol.asyncDispose]();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    });
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => window.connect !== undefined);
    return client;
  }

  /** Waits until the socket has this state. */
  async reached(state: client.SocketState): Promise<void> {
    await this.page.waitForFunction((state) => window.socket.state === state, state);
  }

  /** All events so far. */
  events(): Promise<unknown[][]> {
    return this.page.evaluate(() => window.events);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
