import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../src/delivery/cluster/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-kubeconfig-'));
const file = join(directory, 'kubeconfig');
afterAll(() => rmSync(directory, { recursive: true }));

const kubeconfig = ({
  context = 'main',
  server = 'https://127.0.0.1:6443',
  user = 'admin',
  certificate = '',
} = {}) => `
clusters: [{ name: here, cluster: { server: "${server}", certificate-authority: "${certificate}" } }]
users: [{ name: admin, user: { token: t } }]
contexts: [{ name: main, context: { cluster: here, user: ${user} } }]
current-context: ${context}
`;

describe('GIVEN a kubeconfig', () => {
  it('WHEN it is whole THEN it is read, from the path or from KUBECONFIG', async () => {
    writeFileSync(file, kubeconfig());
    expect((await connect({ kubeconfig: file })).getCurrentCluster()?.server).toBe('https://127.0.0.1:6443');
    vi.stubEnv('KUBECONFIG', file);
    expect((await connect({})).getCurrentUser()?.name).toBe('admin');
    vi.unstubAllEnvs();
  });

  it.each([
    ['is empty', '', 'expected a document, but the input is empty'],
    ['is null', 'null', 'It is not a kubeconfig'],
    ['is another text', 'hello', 'It names no current context'],
    ['is no YAML', ': [', 'unexpected end of the stream'],
    ['has another context', kubeconfig({ context: 'other' }), 'It has no context "other"'],
    ['lacks its user', kubeconfig({ user: 'nobody' }), 'Its context "main" names no user'],
    ['has no address', kubeconfig({ server: 'nowhere' }), 'Its server "nowhere" is not an address'],
    [
      'lacks a certificate',
      kubeconfig({ certificate: '/nonexistent/ca' }),
      'There is no file /nonexistent/ca',
    ],
  ])('WHEN it %s THEN a sentence says so', async (_what, text, reason) => {
    writeFileSync(file, text);
    await expect(connect({ kubeconfig: file })).rejects.toThrow(`TG3002 ${file}: ${reason}`);
  });

  it('WHEN a context is named THEN it is used, and one that is not there is told', async () => {
    writeFileSync(file, kubeconfig({ context: 'other' }));
    expect((await connect({ kubeconfig: file, context: 'main' })).getCurrentUser()?.name).toBe('admin');
    await expect(connect({ kubeconfig: file, context: 'none' })).rejects.toThrow(
      `TG3002 ${file}: It has no context "none"`,
    );
  });

  it('WHEN there is none THEN a sentence says where it was looked for', async () => {
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', directory);
    await expect(connect({})).rejects.toThrow(
      'TG3002 kubeconfig: There is none: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod. ' +
        'Check the kubeconfig, its context and the connection.',
    );
    vi.unstubAllEnvs();
  });
});
