import { describe, expect, it } from 'vitest';
import { deprecationHeaders } from '../../../../src/server/http/api-version.ts';
import { entityTag, namesTag } from '../../../../src/server/http/cache/entity-tag.ts';
import { MemoryStore } from '../../../../src/server/http/cache/memory-store.ts';
import { cachingOf } from '../../../../src/server/http/static-files.ts';

const response = (body: string) => ({ type: 'text/plain', body, etag: entityTag(body), at: 0 });

describe('GIVEN responses that are kept in the process', () => {
  it('WHEN there is no room THEN those that were used longest ago go, and the bytes add up', async () => {
    const store = new MemoryStore(3_000);
    for (const key of ['a', 'b']) await store.set(key, response('x'.repeat(400)), 60, 0);
    await store.get('a', 0);
    await store.set('c', response('x'.repeat(100)), 60, 0);
    expect(
      await Promise.all(['a', 'b', 'c'].map(async (key) => (await store.get(key, 0)) !== undefined)),
    ).toEqual([true, false, true]);
    expect(store.bytes).toBe(512 + 800 + 512 + 200);
  });

  it('WHEN one is larger than all there is THEN it is not kept, and replaces what was there', async () => {
    const store = new MemoryStore(1_000);
    await store.set('a', response('small'), 60, 0);
    await store.set('a', response('x'.repeat(1_000)), 60, 0);
    expect([await store.get('a', 0), store.bytes]).toEqual([undefined, 0]);
  });

  it('WHEN its time is over THEN it is gone', async () => {
    const store = new MemoryStore(10_000);
    await store.set('a', response('x'), 2, 1_000);
    expect((await store.get('a', 2_999))?.body).toBe('x');
    expect([await store.get('a', 3_000), store.bytes]).toEqual([undefined, 0]);
  });
});

describe('GIVEN tags', () => {
  it('WHEN If-None-Match names one THEN alone, among others, weak, or as *', () => {
    const named = ['"a"', 'W/"a"', '"b", W/"a"', '*', '"b"', '"ab"', undefined];
    expect(named.map((header) => namesTag(header, '"a"'))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('WHEN bytes are the same THEN tags are, and only then', () => {
    expect(['a', 'b'].map((body) => entityTag(body) === entityTag('a'))).toEqual([true, false]);
  });
});

describe('GIVEN names of files', () => {
  it('WHEN they hold a hash THEN they never change; others are asked for again', () => {
    const hashed = ['app.3f2a9c1d.js', 'index-BX7k2q9_.css', 'vendor-a1b2c3d4e5.js', 'logo.deadbeef01.svg'];
    const plain = [
      'index.html',
      'app.js',
      'app.min.js',
      'my-component.js',
      'jquery-bootstrap.js',
      'a.webmanifest',
    ];
    expect(hashed.map(cachingOf)).toEqual(hashed.map(() => 'public, max-age=31536000, immutable'));
    expect(plain.map(cachingOf)).toEqual(plain.map(() => 'no-cache'));
  });
});

describe('GIVEN a deprecated version', () => {
  it('WHEN it says since when THEN the headers are those of RFC 9745 and RFC 8594', () => {
    expect(deprecationHeaders({ since: '2026-11-01' })).toEqual({ deprecation: '@1793491200' });
    expect(deprecationHeaders({ since: '2026-11-01', sunset: '2027-11-01', successor: 'v2' })).toEqual({
      deprecation: '@1793491200',
      sunset: 'Mon, 01 Nov 2027 00:00:00 GMT',
      link: '</api/v2>; rel="successor-version"',
    });
    expect(() => deprecationHeaders({ since: 'soon' })).toThrow(RangeError);
  });
});
