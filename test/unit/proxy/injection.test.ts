import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nginxConfig, type ProxySpecInput, parseProxySpec } from '../../../src/proxy/index.ts';
import { Settings, TidegateError } from '../../../src/spec/index.ts';
import { type Directive, readNginx } from './nginx-tree.ts';

const settings = Settings.parse({});
const USUAL = {
  serverNames: ['chat.example.com'],
  upstreams: ['127.0.0.1:8000'],
  certificate: '/etc/tls/chain.pem',
  certificateKey: '/etc/tls/key.pem',
  static: '/srv/static',
  clientMaxBody: '1m',
  addresses: ['127.0.0.1'],
  logDirectory: '/var/log/nginx',
  user: 'www-data',
  nginxVersion: '1.22.1',
} satisfies ProxySpecInput;

/** The tree by names alone, since values are what differs. */
const shape = (tree: readonly Directive[]): unknown[] =>
  tree.map(({ name, args, block }) => [name, args.length, shape(block)]);

const all = (tree: readonly Directive[]): readonly Directive[] =>
  tree.flatMap((directive) => [directive, ...all(directive.block)]);

/** Reads the configuration of a proxy; undefined when what it is to do is refused. */
function treeOf(input: ProxySpecInput): readonly Directive[] | undefined {
  try {
    return readNginx(nginxConfig(parseProxySpec(input), settings));
  } catch (error) {
    if (error instanceof TidegateError) return undefined;
    throw error;
  }
}

/** Texts full of what means something to nginx, some of them legal. */
const piece = fc.constantFrom(
  '"',
  "'",
  ';',
  '{',
  '}',
  '\\',
  '\n',
  '\r',
  '\0',
  '#',
  '$',
  ' ',
  ':',
  '80',
  '/',
  '[',
  ']',
  '*',
  '.',
  'a',
  'm',
  'ü',
  '\ud800',
);
const nasty = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const fields = fc.constantFrom(...(Object.keys(USUAL) as (keyof typeof USUAL)[]));
const affix = (usual: string) =>
  fc.oneof(
    nasty,
    nasty.map((text) => usual + text),
    nasty.map((text) => `/${text}`),
  );

describe('GIVEN any text as an option', () => {
  const usual = shape(treeOf(USUAL) ?? []);

  it('WHEN it is taken THEN it adds no directive, no block and no argument', () => {
    const given = fields.chain((field) =>
      affix([USUAL[field]].flat()[0] ?? '').map((text) => ({ field, text })),
    );
    fc.assert(
      fc.property(given, ({ field, text }) => {
        const tree = treeOf({ ...USUAL, [field]: Array.isArray(USUAL[field]) ? [text] : text });
        if (tree !== undefined && field !== 'nginxVersion') expect(shape(tree)).toEqual(usual);
      }),
      { numRuns: 5_000 },
    );
  });

  it('WHEN it is a path of legal but odd characters THEN nginx reads just that path', () => {
    const odd = fc
      .array(fc.constantFrom('"', "'", ';', '{', '}', '\\', '\\n', '#', ' ', ':', 'a', 'ü', '😀', '%', '~'), {
        minLength: 1,
      })
      .map((pieces) => `/${pieces.join('')}`);
    fc.assert(
      fc.property(odd, odd, odd, (certificate, certificateKey, files) => {
        const tree = all(treeOf({ ...USUAL, certificate, certificateKey, static: files }) ?? []);
        const argument = (name: string) => tree.find((directive) => directive.name === name)?.args[0];
        expect([argument('ssl_certificate'), argument('ssl_certificate_key'), argument('alias')]).toEqual([
          certificate,
          certificateKey,
          `${files}/`,
        ]);
      }),
    );
  });
});
