// Opens a WebSocket at URL as a client of HOST would, and ends well once the server has answered with 101. The environment
// may still be starting, so that it goes on trying for SECONDS. Arguments: URL HOST SECONDS
const { createHash, randomBytes } = require('node:crypto');
const { request } = require('node:http');

const [url, host, seconds] = process.argv.slice(1);
const end = Date.now() + seconds * 1000;

function attempt() {
  const key = randomBytes(16).toString('base64');
  const headers = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
  };
  const opening = request(url, { headers, timeout: 5000 });
  opening.on('upgrade', ({ headers }, socket) => {
    socket.destroy();
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    if (headers['sec-websocket-accept'] !== accept) return again('101 for another handshake');
    console.log(`${url}: 101 Switching Protocols`);
  });
  opening.on('response', (response) => {
    response.destroy();
    again(`${response.statusCode} ${response.statusMessage}`);
  });
  opening.on('timeout', () => opening.destroy(new Error('no answer within 5 s')));
  opening.on('error', ({ message }) => again(message));
  opening.end();
}

function again(what) {
  if (Date.now() < end) return setTimeout(attempt, 1000);
  console.error(`${url}: ${what}`);
  process.exitCode = 1;
}

attempt();
