import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledEndpoints } from '../../../src/server/index.ts';
import { CASES, plus, UNFINISHED } from './handshake-cases.ts';
import { answersTo, GREETING } from './raw-handshake.ts';
import { TestApp } from './test-app.ts';

const seen: IncomingHttpHeaders[] = [];
let server: TestApp;
let port: number;

beforeAll(async () => {
  server = await TestApp.start((app) => {
    app.use({ name: 'recorder', onRequest: ({ headers }) => void seen.push(headers) });
    bundledEndpoints(app);
  });
  port = Number(new URL(server.url).port);
});
afterAll(() => server.stop());

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe.each(Object.entries(CASES))('GIVEN a handshake that varies in %s', (_, cases) => {
  it.concurrent.each(cases)(
    'WHEN it is: %s THEN the answer is the one of the table',
    async (_name, text, answers) => {
      expect(await answersTo(port, [bytes(text)])).toEqual(answers);
    },
  );
});

describe('GIVEN a handshake whose head does not end', () => {
  let impatient: TestApp;
  beforeAll(async () => {
    impatient = await TestApp.start(bundledEndpoints, { limits: { handshakeSeconds: 1 } });
  });
  afterAll(() => impatient.stop());

  it.concurrent.each(UNFINISHED)(
    'WHEN it stops %s THEN it is answered with 408',
    async (_, text, answers) => {
      expect(await answersTo(Number(new URL(impatient.url).port), [bytes(text)])).toEqual(answers);
    },
  );
});

describe('GIVEN a handshake with a frame behind it', () => {
  const whole = Buffer.concat([bytes(plus()), GREETING]);
  const answers = ['101', 'text: hello', 'close 1000'];

  it('WHEN it comes in two pieces, cut at every byte THEN nothing changes', async () => {
    for (let cut = 1; cut < whole.length; cut += 1) {
      const pieces = [whole.subarray(0, cut), whole.subarray(cut)];
      expect(await answersTo(port, pieces), `cut at ${cut}`).toEqual(answers);
    }
  });

  it('WHEN it comes byte by byte THEN nothing changes', async () => {
    expect(
      await answersTo(
        port,
        Array.from(whole, (byte) => Buffer.of(byte)),
      ),
    ).toEqual(answers);
  });
});

describe('GIVEN a handshake that is refused', () => {
  it('WHEN it comes in two pieces, cut at every byte THEN nothing changes', async () => {
    const whole = bytes(plus('X-A: a', ' b'));
    for (let cut = 1; cut < whole.length; cut += 1) {
      const pieces = [whole.subarray(0, cut), whole.subarray(cut)];
      expect(await answersTo(port, pieces), `cut at ${cut}`).toEqual(['400']);
    }
  });
});

describe('GIVEN a connection that was used for a request before', () => {
  it('WHEN a handshake comes on it THEN it is answered as on a new one', async () => {
    const request = bytes('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await answersTo(port, [bytes(plus())], request)).toEqual([
      '200',
      '101',
      'text: hello',
      'close 1000',
    ]);
  });
});

describe('GIVEN a handshake behind a request that is not answered yet', () => {
  it('WHEN both come in one piece THEN no 101 overtakes the answer', async () => {
    const both = bytes(`GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n${plus()}`);
    expect(await answersTo(port, [both])).not.toContain('101');
  });
});

describe('GIVEN fields of one name, again and again', () => {
  const own = {
    host: 'a',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };

  it.each<[string, readonly string[], IncomingHttpHeaders]>([
    ['unknown: joined by commas', ['X-A: 1', 'x-a: 2', 'X-A:'], { 'x-a': '1, 2, ' }],
    ['Cookie: joined by semicolons', ['Cookie: a=1', 'Cookie: b=2'], { cookie: 'a=1; b=2' }],
    ['Set-Cookie: a list', ['Set-Cookie: a=1', 'Set-Cookie: b=2'], { 'set-cookie': ['a=1', 'b=2'] }],
    ['Host: the first counts', ['Host: b'], { host: 'a' }],
    [
      'Authorization: the first counts',
      ['Authorization: Bearer a', 'Authorization: Bearer b'],
      { authorization: 'Bearer a' },
    ],
    ['User-Agent: the first counts', ['User-Agent: a', 'User-Agent: b'], { 'user-agent': 'a' }],
    ['Content-Type: the first counts', ['Content-Type: a', 'Content-Type: b'], { 'content-type': 'a' }],
    ['Origin: joined by commas', ['Origin: http://a', 'Origin: http://b'], { origin: 'http://a, http://b' }],
    [
      'X-Forwarded-For: joined by commas',
      ['X-Forwarded-For: 1.1.1.1', 'X-Forwarded-For: 2.2.2.2'],
      { 'x-forwarded-for': '1.1.1.1, 2.2.2.2' },
    ],
    ['Connection: joined by commas', ['Connection: keep-alive'], { connection: 'Upgrade, keep-alive' }],
    ['__proto__: lost', ['__proto__: a'], {}],
    [
      'space around and a byte above ASCII: trimmed, and as Latin-1',
      ['X-A: \t \xe9 b\t '],
      { 'x-a': '\xe9 b' },
    ],
  ])('WHEN it is %s THEN handlers see it so', async (_, fields, headers) => {
    seen.splice(0);
    await answersTo(port, [bytes(plus(...fields))]);
    expect(seen).toEqual([{ ...own, ...headers }]);
  });
});
