import { describe, expect, it } from 'vitest';
import type { Api } from '../../../../src/operator/api/api-client.ts';
import { ApiError } from '../../../../src/operator/api/api-error.ts';
import { readFrontProxy, userOf } from '../../../../src/operator/metrics-adapter/front-proxy.ts';

const data = {
  'requestheader-client-ca-file': 'PEM',
  'requestheader-allowed-names': '["kube-apiserver"]',
  'requestheader-username-headers': '["X-Remote-User"]',
  'requestheader-group-headers': '["X-Remote-Group"]',
  'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
};
const serving = (given: object): Api => ({ json: async <T>() => ({ data: given }) as T });
const missing: Api = { json: () => Promise.reject(new ApiError(404, {})) };

describe('GIVEN what an API server tells of its front proxy', () => {
  it('WHEN a request comes in the name of somebody THEN it is known who, with all groups and extras', async () => {
    const proxy = await readFrontProxy(serving(data));
    expect(
      userOf(proxy, {
        'x-remote-user': ['alice'],
        'x-remote-group': ['dev, ops', 'system:authenticated'],
        'x-remote-extra-example.com%2fscope': ['read', 'write'],
        accept: ['*/*'],
      }),
    ).toEqual({
      user: 'alice',
      groups: ['dev, ops', 'system:authenticated'],
      extra: { 'example.com/scope': ['read', 'write'] },
    });
  });

  it.each([[{}], [{ 'x-remote-user': [''] }], [{ 'x-remote-group': ['system:masters'] }]])(
    'WHEN a request comes in nobody’s name, with %o, THEN there is no user',
    async (headers: NodeJS.Dict<string[]>) => {
      expect(userOf(await readFrontProxy(serving(data)), headers)).toBeUndefined();
    },
  );

  it.each([
    ['the API server itself', 'system:kube-aggregator', [], ['system:authenticated']],
    ['nobody known', 'system:anonymous', ['system:unauthenticated'], ['system:unauthenticated']],
    ['nobody known, without groups', 'system:anonymous', [], []],
  ])('WHEN %s asks THEN its groups are those of Kubernetes', async (_, user, given, groups) => {
    const headers = { 'x-remote-user': [user], 'x-remote-group': given };
    expect(userOf(await readFrontProxy(serving(data)), headers)?.groups).toEqual(groups);
  });

  it.each([
    ['of none', serving({}), 'It has no requestheader-client-ca-file'],
    ['nothing', missing, 'The ConfigMap does not exist'],
  ])('WHEN it tells %s THEN that is an error with a remedy', async (_, api, reason) => {
    await expect(readFrontProxy(api)).rejects.toThrow(
      `TG1520 kube-system/extension-apiserver-authentication: ${reason}. Start kube-apiserver`,
    );
  });
});
