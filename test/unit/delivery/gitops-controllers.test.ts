import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControllerOptions, writeControllers } from '../../../src/delivery/gitops/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const REPOSITORY = 'https://git.example.com/acme/deploy.git';
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-controllers-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const named = (name: string) => parse({ ...environment(), metadata: { name, namespace: 'chat-test' } });
const read = (...path: readonly string[]) => readFileSync(join(directory, ...path), 'utf8');
const write = (options: ControllerOptions, name = 'chat') =>
  writeControllers(directory, [named(name)], { repositoryPath: 'clusters/one', ...options });

describe('GIVEN environments that GitOps controllers deliver', () => {
  it('WHEN Argo CD is to know them THEN each has an Application for its folder', () => {
    expect(write({ argoCd: REPOSITORY })).toEqual([join(directory, 'argo-cd')]);
    expect(read('argo-cd', 'application-chat.yaml')).toBe(`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: chat
  namespace: argocd
spec:
  project: default
  source:
    repoURL: ${REPOSITORY}
    targetRevision: HEAD
    path: clusters/one/chat
  destination:
    server: https://kubernetes.default.svc
    namespace: chat-test
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    syncOptions:
      - CreateNamespace=true
      - ServerSideApply=true
`);
  });

  it('WHEN Flux is to know them THEN each has a Kustomization that waits for it', () => {
    expect(write({ flux: 'deploy' })).toEqual([join(directory, 'flux')]);
    expect(read('flux', 'kustomization-chat.yaml')).toBe(`apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: chat
  namespace: flux-system
spec:
  sourceRef:
    kind: GitRepository
    name: deploy
  path: ./clusters/one/chat
  interval: 10m
  retryInterval: 1m
  prune: true
  wait: true
  timeout: 600s
`);
  });

  it('WHEN neither is asked for THEN nothing is written', () => {
    expect(write({})).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('WHEN others are written later THEN the objects of the first stay', () => {
    write({ argoCd: REPOSITORY });
    write({ argoCd: REPOSITORY }, 'other');
    expect(readdirSync(join(directory, 'argo-cd'))).toEqual([
      'application-chat.yaml',
      'application-other.yaml',
    ]);
  });

  it.each(['./clusters/one/', '/clusters/one'])('WHEN the path is %s THEN it means the same', (path) => {
    write({ argoCd: REPOSITORY, flux: 'deploy', repositoryPath: path });
    expect(read('argo-cd', 'application-chat.yaml')).toContain('    path: clusters/one/chat\n');
    expect(read('flux', 'kustomization-chat.yaml')).toContain('  path: ./clusters/one/chat\n');
  });

  it('WHEN no path is given THEN it is where the folders are in their work tree', () => {
    spawnSync('git', ['init', '--quiet', directory]);
    const out = join(directory, 'deploy', 'staging');
    mkdirSync(out, { recursive: true });
    writeControllers(out, [named('chat')], { flux: 'deploy' });
    expect(read('deploy/staging/flux', 'kustomization-chat.yaml')).toContain(
      '  path: ./deploy/staging/chat\n',
    );
  });

  it('WHEN no path is given, and there is no work tree THEN what to do is told', () => {
    expect(() => writeControllers(directory, [named('chat')], { flux: 'deploy' })).toThrow(
      /^TG5007 .*: git rev-parse: fatal: not a git repository .*Give --repository-path/,
    );
  });

  it('WHEN an environment has the name of a folder of theirs THEN that is refused', () => {
    expect(() => write({ argoCd: REPOSITORY }, 'argo-cd')).toThrow(/^TG5008 .*\/argo-cd: /);
    expect(() => write({ argoCd: REPOSITORY }, 'flux')).not.toThrow();
  });
});
