import { GREETING } from './raw-handshake.ts';

/** What comes back when a client that says hello and leaves is let in. */
const IN = ['101', 'text: hello', 'close 1000'];
/** Let in; then what followed the head was read as frames, and is none. */
const NO_FRAME = ['101', 'close 1002'];
const refused = (status: number) => [String(status)];

const FIELDS = [
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
] as const;

/** The bytes of a head; characters up to U+00FF stand for a byte each. */
function head(line: string, fields: readonly string[]): string {
  return [line, ...fields, '', ''].join('\r\n');
}

const GET = 'GET /ws HTTP/1.1';
/** A good handshake, and these fields after its own. */
export const plus = (...fields: readonly string[]) => head(GET, [...FIELDS, ...fields]);
/** A good handshake with another request line. */
const line = (text: string) => head(text, FIELDS);
/** A good handshake in which these fields stand in place of the one of the same name. */
function instead(name: string, ...fields: readonly string[]): string {
  return head(GET, [...FIELDS.filter((field) => !field.startsWith(`${name}:`)), ...fields]);
}
const without = (name: string) => instead(name);
const times = (count: number, field: string) => Array.from({ length: count }, () => field);

const PLAIN = plus();
const HELLO = GREETING.toString('latin1');
const NEXT = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';

type Case = readonly [name: string, bytes: string, answers: readonly string[]];

/**
 * Handshakes of every kind, right and wrong, and what the server answers to each. Whatever reads heads is held to this: a
 * proxy in front may read them in another way, and where the two differ requests can be smuggled.
 */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  'what comes with the head': [
    ['nothing', PLAIN, IN],
    ['a frame', PLAIN + HELLO, IN],
    ['two frames', PLAIN + HELLO + HELLO, ['101', 'text: hello', 'text: hello', 'close 1000']],
    ['the next request', PLAIN + NEXT, NO_FRAME],
    ['the next request after one that is refused', head('GET /none HTTP/1.1', FIELDS) + NEXT, refused(404)],
  ],
  'the method': [
    ['in lower case', line('get /ws HTTP/1.1'), refused(400)],
    ['in mixed case', line('Get /ws HTTP/1.1'), refused(400)],
    ['unknown', line('BREW /ws HTTP/1.1'), refused(400)],
    ['POST', line('POST /ws HTTP/1.1'), refused(405)],
    ['HEAD', line('HEAD /ws HTTP/1.1'), refused(405)],
    ['OPTIONS', line('OPTIONS /ws HTTP/1.1'), refused(405)],
    ['CONNECT, which gets no answer at all', line('CONNECT a:80 HTTP/1.1'), []],
  ],
  'the version': [
    ['HTTP/1.0', line('GET /ws HTTP/1.0'), IN],
    ['HTTP/0.9', line('GET /ws HTTP/0.9'), IN],
    ['HTTP/2.0', line('GET /ws HTTP/2.0'), IN],
    ['missing', line('GET /ws'), IN],
    ['HTTP/1.2', line('GET /ws HTTP/1.2'), refused(400)],
    ['HTTP/9.9', line('GET /ws HTTP/9.9'), refused(400)],
    ['HTTP/1.10', line('GET /ws HTTP/1.10'), refused(400)],
    ['in lower case', line('GET /ws http/1.1'), refused(400)],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refused(400)],
    ['the beginning of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', refused(400)],
  ],
  'the target': [
    ['with a query', line('GET /ws?x=1 HTTP/1.1'), IN],
    ['with an empty query', line('GET /ws? HTTP/1.1'), IN],
    ['with a query and a fragment', line('GET /ws?x=1#y HTTP/1.1'), IN],
    ['with a fragment', line('GET /ws#y HTTP/1.1'), IN],
    ['with marks that belong encoded', line('GET /ws?"{}|^`<>\\ HTTP/1.1'), IN],
    ['with a byte above ASCII', line('GET /ws?\xc3\xa9 HTTP/1.1'), refused(400)],
    ['with NUL', line('GET /ws?\0 HTTP/1.1'), refused(400)],
    ['with a control character', line('GET /ws?\x01 HTTP/1.1'), refused(400)],
    ['with DEL', line('GET /ws?\x7f HTTP/1.1'), refused(400)],
    ['with a space', line('GET /w s HTTP/1.1'), refused(400)],
    ['in absolute form', line('GET http://a/ws HTTP/1.1'), refused(404)],
    ['in authority form', line('GET a:80 HTTP/1.1'), refused(400)],
    ['an asterisk', line('GET * HTTP/1.1'), refused(404)],
    ['without a slash', line('GET ws HTTP/1.1'), refused(400)],
    ['with two slashes', line('GET //ws HTTP/1.1'), refused(404)],
    ['with a slash at the end', line('GET /ws/ HTTP/1.1'), refused(404)],
    ['with dot segments', line('GET /x/../ws HTTP/1.1'), refused(404)],
    ['percent-encoded', line('GET /%77s HTTP/1.1'), refused(404)],
    ['badly percent-encoded', line('GET /chat/%zz HTTP/1.1'), refused(404)],
    ['in upper case', line('GET /WS HTTP/1.1'), refused(404)],
    ['of 8,000 bytes', line(`GET /ws?${'a'.repeat(8_000)} HTTP/1.1`), IN],
    ['of 17,000 bytes', line(`GET /ws?${'a'.repeat(17_000)} HTTP/1.1`), refused(431)],
  ],
  'space in the request line': [
    ['twice before the target', line('GET  /ws HTTP/1.1'), IN],
    ['twice before the version', line('GET /ws  HTTP/1.1'), IN],
    ['a tab', line('GET\t/ws HTTP/1.1'), refused(400)],
    ['at its end', line('GET /ws HTTP/1.1 '), refused(400)],
    ['at its beginning', line(' GET /ws HTTP/1.1'), refused(400)],
    ['an empty line before it', `\r\n${PLAIN}`, IN],
    ['three empty lines before it', `\r\n\r\n\r\n${PLAIN}`, IN],
    ['a bare LF before it', `\n${PLAIN}`, IN],
  ],
  'the ends of lines': [
    ['LF alone, all of them', PLAIN.replaceAll('\r\n', '\n'), refused(400)],
    ['LF alone after the request line', PLAIN.replace('\r\n', '\n'), refused(400)],
    ['LF alone after a field', PLAIN.replace('Host: a\r\n', 'Host: a\n'), refused(400)],
    ['LF alone at the end of the head', `${PLAIN.slice(0, -2)}\n`, refused(400)],
    ['CR alone', PLAIN.replace('Host: a\r\n', 'Host: a\r'), refused(400)],
    ['CR CR LF', PLAIN.replace('Host: a\r\n', 'Host: a\r\r\n'), refused(400)],
    ['a line folded by a space', plus('X-A: a', ' b'), refused(400)],
    ['a line folded by a tab', plus('X-A: a', '\tb'), refused(400)],
    ['a needed field folded', instead('Upgrade', 'Upgrade:', ' websocket'), refused(400)],
    ['the first field folded', head(GET, [' b', ...FIELDS]), refused(400)],
  ],
  'the name of a field': [
    ['in lower case', PLAIN.replaceAll(/^[\w-]+:/gm, (name) => name.toLowerCase()), IN],
    ['in upper case', PLAIN.replaceAll(/^[\w-]+:/gm, (name) => name.toUpperCase()), IN],
    ['of every character it may have', plus("!#$%&'*+-.^_`|~09azAZ: b"), IN],
    ['empty', plus(': b'), refused(400)],
    ['without a colon', plus('X-A'), refused(400)],
    ['with a space in it', plus('X A: b'), refused(400)],
    ['with a space after it', plus('X-A : b'), refused(400)],
    ['with a tab after it', plus('X-A\t: b'), refused(400)],
    ['needed, with a space after it', instead('Upgrade', 'Upgrade : websocket'), refused(400)],
    ['with NUL', plus('X\0A: b'), refused(400)],
    ['with a byte above ASCII', plus('X-\xe9: b'), refused(400)],
    ['with a separator', plus('X@A: b'), refused(400)],
    ['in parentheses', plus('(X): b'), refused(400)],
    ['of 17,000 bytes', plus(`${'X'.repeat(17_000)}: b`), refused(431)],
  ],
  'the value of a field': [
    ['empty', plus('X-A:'), IN],
    ['without a space before it', PLAIN.replaceAll(': ', ':'), IN],
    ['with much space before it', PLAIN.replaceAll(': ', ': \t  '), IN],
    ['with space after it', instead('Upgrade', 'Upgrade: websocket \t '), IN],
    ['with a tab', plus('X-A: a\tb'), IN],
    ['with a byte above ASCII', plus('X-A: \xe9'), IN],
    ['with NUL', plus('X-A: a\0b'), refused(400)],
    ['with a control character', plus('X-A: a\x01b'), refused(400)],
    ['with DEL', plus('X-A: a\x7fb'), refused(400)],
  ],
  'the size of a head': [
    ['nearly 16 KiB', plus(`X-A: ${'a'.repeat(16_100)}`), IN],
    ['more than 16 KiB', plus(`X-A: ${'a'.repeat(16_400)}`), refused(431)],
    ['1,000 fields', plus(...times(1_000 - FIELDS.length, 'a: b')), IN],
    ['1,001 fields', plus(...times(1_001 - FIELDS.length, 'a: b')), refused(431)],
  ],
  Host: [
    ['missing', without('Host'), IN],
    ['empty', instead('Host', 'Host:'), IN],
    ['twice', plus('Host: b'), IN],
    ['no host at all', instead('Host', 'Host: a b/c'), IN],
  ],
  Connection: [
    ['missing', without('Connection'), refused(404)],
    ['in lower case', instead('Connection', 'Connection: upgrade'), IN],
    ['in upper case', instead('Connection', 'Connection: UPGRADE'), IN],
    ['with more in the list', instead('Connection', 'Connection: keep-alive, Upgrade'), IN],
    ['with empty items in the list', instead('Connection', 'Connection: ,Upgrade,'), IN],
    ['with close before it', instead('Connection', 'Connection: close, Upgrade'), IN],
    ['with close after it', instead('Connection', 'Connection: Upgrade, close'), IN],
    ['twice', plus('Connection: Upgrade'), IN],
    [
      'once for keep-alive, once for this',
      instead('Connection', 'Connection: keep-alive', 'Connection: Upgrade'),
      IN,
    ],
    ['once for this, once for close', plus('Connection: close'), IN],
    ['empty', instead('Connection', 'Connection:'), refused(404)],
    ['close', instead('Connection', 'Connection: close'), refused(404)],
    ['keep-alive', instead('Connection', 'Connection: keep-alive'), refused(404)],
    ['a longer word', instead('Connection', 'Connection: Upgraded'), refused(404)],
    ['a word that ends so', instead('Connection', 'Connection: x-Upgrade'), refused(404)],
    ['with a parameter', instead('Connection', 'Connection: Upgrade;q=1'), refused(404)],
  ],
  Upgrade: [
    ['missing', without('Upgrade'), refused(404)],
    ['empty', instead('Upgrade', 'Upgrade:'), refused(404)],
    ['in upper case', instead('Upgrade', 'Upgrade: WEBSOCKET'), IN],
    ['with capitals', instead('Upgrade', 'Upgrade: WebSocket'), IN],
    ['to something else', instead('Upgrade', 'Upgrade: h2c'), refused(404)],
    ['with a version', instead('Upgrade', 'Upgrade: websocket/13'), refused(400)],
    ['as the first of a list', instead('Upgrade', 'Upgrade: websocket, h2c'), refused(400)],
    ['as the last of a list', instead('Upgrade', 'Upgrade: h2c, websocket'), refused(400)],
    ['twice', plus('Upgrade: websocket'), refused(400)],
    ['missing, and Connection too', head(GET, ['Host: a']), refused(404)],
  ],
  'Sec-WebSocket-Version': [
    ['missing', without('Sec-WebSocket-Version'), refused(426)],
    ['empty', instead('Sec-WebSocket-Version', 'Sec-WebSocket-Version:'), refused(426)],
    ['8', instead('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8'), refused(426)],
    ['7', instead('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 7'), refused(426)],
    ['14', instead('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 14'), refused(426)],
    ['a list', instead('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 13, 8'), refused(426)],
    ['twice', plus('Sec-WebSocket-Version: 13'), refused(426)],
  ],
  'Sec-WebSocket-Key': [
    ['missing', without('Sec-WebSocket-Key'), refused(400)],
    ['empty', instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key:'), refused(400)],
    ['of 15 bytes', instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA'), refused(400)],
    ['of 18 bytes', instead('Sec-WebSocket-Key', `Sec-WebSocket-Key: ${'A'.repeat(24)}`), refused(400)],
    ['too long', instead('Sec-WebSocket-Key', `Sec-WebSocket-Key: ${'A'.repeat(23)}==`), refused(400)],
    ['no base64', instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAA-AAAAAAAAAAA=='), refused(400)],
    ['with + and /', instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key: +/AAAAAAAAAAAAAAAAAAAA=='), IN],
    ['with bits to spare', instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB=='), IN],
    ['twice', plus('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='), refused(400)],
  ],
  'Sec-WebSocket-Protocol': [
    ['two in a list', plus('Sec-WebSocket-Protocol: a, b'), IN],
    ['two fields', plus('Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b'), IN],
    ['one twice', plus('Sec-WebSocket-Protocol: a, a'), refused(400)],
    ['empty', plus('Sec-WebSocket-Protocol:'), refused(400)],
    ['ending with a comma', plus('Sec-WebSocket-Protocol: a,'), refused(400)],
    ['with a slash', plus('Sec-WebSocket-Protocol: a/b'), refused(400)],
    ['with a space in it', plus('Sec-WebSocket-Protocol: a b'), refused(400)],
  ],
  'Sec-WebSocket-Extensions': [
    ['compression', plus('Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'), IN],
    ['malformed', plus('Sec-WebSocket-Extensions: ;;;=,'), IN],
  ],
  'a body, which a handshake has not': [
    ['none, and its length said', plus('Content-Length: 0'), IN],
    ['a length that does not come', plus('Content-Length: 5'), IN],
    ['a length that a frame has', plus(`Content-Length: ${GREETING.length}`) + HELLO, IN],
    ['a length that another request has', plus(`Content-Length: ${NEXT.length}`) + NEXT, NO_FRAME],
    [
      'the same, when it is refused',
      head('GET /none HTTP/1.1', [...FIELDS, `Content-Length: ${NEXT.length}`]) + NEXT,
      refused(404),
    ],
    ['a negative length', plus('Content-Length: -1'), refused(400)],
    ['a signed length', plus('Content-Length: +5'), refused(400)],
    ['a length in words', plus('Content-Length: five'), refused(400)],
    ['an empty length', plus('Content-Length:'), refused(400)],
    ['a list of lengths', plus('Content-Length: 0, 0'), refused(400)],
    ['a length beyond 64 bits', plus('Content-Length: 99999999999999999999'), refused(400)],
    ['its length twice', plus('Content-Length: 0', 'Content-Length: 0'), refused(400)],
    ['two lengths', plus('Content-Length: 0', 'Content-Length: 5'), refused(400)],
    ['in chunks that do not come', plus('Transfer-Encoding: chunked'), IN],
    ['in chunks', `${plus('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`, NO_FRAME],
    [
      'in chunks, with another request behind',
      `${plus('Transfer-Encoding: chunked')}0\r\n\r\n${NEXT}`,
      NO_FRAME,
    ],
    ['compressed, in chunks', `${plus('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`, NO_FRAME],
    ['in chunks, then compressed', plus('Transfer-Encoding: chunked, gzip'), refused(400)],
    ['in an unknown coding', plus('Transfer-Encoding: xchunked'), IN],
    ['in an empty coding', plus('Transfer-Encoding:'), refused(400)],
    [
      'in chunks, with a length after that',
      plus('Transfer-Encoding: chunked', 'Content-Length: 5'),
      refused(400),
    ],
    [
      'in chunks, with a length before that',
      plus('Content-Length: 5', 'Transfer-Encoding: chunked'),
      refused(400),
    ],
    ['of a POST', `${head('POST /ws HTTP/1.1', [...FIELDS, 'Content-Length: 5'])}hello`, refused(405)],
    ['that waits for a word of the server', plus('Expect: 100-continue'), IN],
    ['with a trailer announced', plus('Trailer: X-A'), IN],
  ],
};

/** Heads that do not end: these get their answer when the time for a handshake is over. */
export const UNFINISHED: readonly Case[] = [
  ['without its last line', PLAIN.slice(0, -2), refused(408)],
  ['within its first line', 'GET /ws', refused(408)],
  ['after one byte', 'G', refused(408)],
];
