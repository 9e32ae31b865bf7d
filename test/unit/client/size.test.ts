import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const MOST_BYTES = 6_144;

describe('GIVEN the client bundled for a browser', () => {
  it(`WHEN it is minified and gzipped THEN it is less than ${MOST_BYTES} bytes`, async () => {
    const { outputFiles } = await build({
      entryPoints: ['src/client/index.ts'],
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    const code = outputFiles[0]?.contents ?? new Uint8Array();
    const bytes = gzipSync(code).byteLength;
    console.log(`tidegate/client: ${code.byteLength} bytes minified, ${bytes} with gzip`);
    expect(code.byteLength).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });
});
