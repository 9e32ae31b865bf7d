import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { imageOf, parse, VERSION } from '../../src/spec/index.ts';
import { APT } from './base-images.ts';
import type { Build } from './image-store.ts';

/** Where Debian keeps the authorities a machine trusts; its own Node takes them from there without being told. */
const TRUSTED_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** An image that the tests run. */
export interface Recipe {
  readonly name: string;
  /** What the objects of an environment call it. */
  readonly reference: string;
  /** Files and directories whose content decides what the image holds. */
  readonly inputs: readonly string[];
  /** But for the images it stands on. */
  readonly build: Build;
}

const { server, redis, postgres } = parse({
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'RealtimeEnvironment',
  metadata: { name: 'defaults', namespace: 'default' },
  spec: { host: 'localhost', route: { ingress: { className: 'contour' } } },
}).spec;

/** The project's own images; the second one reuses every layer of the first. */
export const APPLICATION = [
  application('server', imageOf(server)),
  application('operator', `ghcr.io/tidegate/operator:${VERSION}`),
];

/** Debian's stores behind the contract of the public images. */
export const STORES = [
  store('redis', redis.standalone?.image ?? ''),
  store('postgres', postgres.standalone?.image ?? ''),
];

/** A team's application on the server's image. */
export const EXAMPLE: Recipe = {
  name: 'example',
  reference: 'registry.example.com/auctions:1',
  inputs: ['examples/app'],
  build: { context: 'examples/app', file: 'examples/app/Dockerfile' },
};

function application(target: string, reference: string): Recipe {
  return {
    name: target,
    reference,
    inputs: [
      'Dockerfile',
      '.dockerignore',
      '.npmrc',
      'package.json',
      'package-lock.json',
      'src',
      'tsconfig.json',
      'tsconfig.build.json',
    ],
    build: { context: '.', file: 'Dockerfile', target, secrets: registrySecrets() },
  };
}

function store(name: string, reference: string): Recipe {
  const context = join('test/images', name);
  return {
    name,
    reference,
    inputs: [context],
    build: {
      context,
      file: join(context, 'Containerfile'),
      args: { APT_OPTIONS: APT.options },
      mounts: APT.mounts,
    },
  };
}

/** How this machine reaches its npm registry, where that takes more than npm's defaults. */
function registrySecrets(): Record<string, string> {
  const files = {
    npmrc: join(homedir(), '.npmrc'),
    ca: process.env.NODE_EXTRA_CA_CERTS ?? TRUSTED_AUTHORITIES,
  };
  return Object.fromEntries(Object.entries(files).filter(([, file]) => existsSync(file)));
}
