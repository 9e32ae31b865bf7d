import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from '../server/client.ts';
import { ServerProcess } from '../server/server-process.ts';
import { AdapterSandbox, type RunningAdapter } from './adapter-sandbox.ts';
import { type RunningOperator, startOperator } from './sandbox.ts';

/** Pods have no kubelet here: this is where the one that runs says it is, and a real server is there. */
const ADDRESS = '127.77.0.1';
const METRIC = 'tidegate_connections';

let place: AdapterSandbox;
let adapter: RunningAdapter;
let operator: RunningOperator;
let server: ServerProcess;
let pod: string;
const clients: TestClient[] = [];
const directory = mkdtempSync(join(tmpdir(), 'tidegate-adapter-'));

const metricPath = (name: string) => `/v1beta2/namespaces/${place.sandbox.namespace}/pods/${name}/${METRIC}`;
const pods = async () => {
  const selector = ['-l', 'app.kubernetes.io/component=server'];
  return (await place.sandbox.kubectl(['get', 'pods', ...selector, '-o', 'name']))
    .split('\n')
    .filter(Boolean);
};

/** What the autoscaler knows of the connections of a replica. */
const averages = async () => {
  const autoscaler = await place.sandbox.get<{
    status?: { currentMetrics?: readonly { pods?: { current: { averageValue: string } } }[] };
  }>('hpa', 'chat-server');
  const metrics = autoscaler?.status?.currentMetrics ?? [];
  return metrics.flatMap((metric) => metric.pods?.current.averageValue ?? []);
};

beforeAll(async () => {
  place = await AdapterSandbox.create(inject('kubeconfig'));
  const { sandbox } = place;
  adapter = await place.start();
  operator = await startOperator(sandbox);
  await sandbox.apply({ autoscaling: { min: 1, max: 6, connectionsTarget: 2, connectionsPerReplica: 100 } });
  pod = await waitFor('a pod', async () => (await pods())[0]?.replace('pod/', ''));
  server = await ServerProcess.start(['serve', '--host', ADDRESS, '--port', '8000'], {
    TIDEGATE_DATA_DIRECTORY: directory,
  });
  await waitFor('the server', async () =>
    (await fetch(`http://${ADDRESS}:8000/readyz`)).ok ? true : undefined,
  );
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'True' }));
  const status = { phase: 'Running', podIP: ADDRESS, podIPs: [{ ip: ADDRESS }], conditions };
  await sandbox.kubectl([
    ...['patch', 'pod', pod, '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status })],
  ]);
  await place.available();
  await waitFor('the autoscaler to know of it', async () =>
    (await averages())[0] === '0' ? true : undefined,
  );
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await operator.stop();
  await place.uninstall();
  await adapter.stop();
  await server.kill();
  rmSync(directory, { recursive: true });
});

describe('GIVEN a metrics adapter with the rights of the chart, and a server with clients', () => {
  it('WHEN more clients connect than a replica is to hold THEN more pods are there within 30 s', async () => {
    for (let count = 0; count < 5; count += 1)
      clients.push(await TestClient.connect(`ws://${ADDRESS}:8000/ws`));
    const crossed = performance.now();
    await waitFor('another pod', async () => ((await pods()).length > 1 ? true : undefined));
    expect(performance.now() - crossed).toBeLessThan(30_000);
    // The number doubles at most every 15 s.
    await waitFor('three pods', async () => ((await pods()).length === 3 ? true : undefined));
    expect(await averages()).toEqual(['5']);
  }, 120_000);

  it('WHEN the metric is asked for THEN there is a value for each pod that tells one', async () => {
    const list = JSON.parse(await place.raw(metricPath('*')));
    expect(list).toEqual({
      kind: 'MetricValueList',
      apiVersion: 'custom.metrics.k8s.io/v1beta2',
      metadata: {},
      items: [
        {
          describedObject: { apiVersion: '/v1', kind: 'Pod', namespace: place.sandbox.namespace, name: pod },
          metric: { name: METRIC, selector: null },
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          value: '5',
        },
      ],
    });
    expect(JSON.parse(await place.raw(metricPath(pod))).items).toHaveLength(1);
    const none = `${metricPath('*')}?labelSelector=app.kubernetes.io%2Finstance%3Dother`;
    expect(JSON.parse(await place.raw(none)).items).toEqual([]);
  });

  it.each([
    ['a pod that is not there', () => metricPath('gone'), 'is no server that tells its connections'],
    ['another metric', () => metricPath('*').replace(METRIC, 'cpu'), 'Pods have no metric cpu here'],
    ['series of it', () => `${metricPath('*')}?metricLabelSelector=a%3Db`, 'has no labels to select by'],
    ['an ill-formed selector', () => `${metricPath('*')}?labelSelector=a%3D%3D%3Db`, 'unable to parse'],
    ['another kind', () => metricPath('*').replace('pods', 'services'), 'There is no /apis/custom'],
  ])('WHEN %s is asked for THEN the answer says so', async (_, path, message) => {
    await expect(place.raw(path())).rejects.toThrow(message);
  });

  it('WHEN somebody without the right asks THEN it is refused, and with it is answered', async () => {
    const { sandbox } = place;
    const who = `system:serviceaccount:${sandbox.namespace}:default`;
    await expect(place.raw(metricPath('*'), '--as', who)).rejects.toThrow('is forbidden');
    const metadata = { name: 'reader' };
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const rules = [{ apiGroups: ['custom.metrics.k8s.io'], resources: [`pods/${METRIC}`], verbs: ['get'] }];
    await sandbox.kubectl(['apply', '-f', '-'], { apiVersion, kind: 'Role', metadata, rules });
    const account = `--serviceaccount=${sandbox.namespace}:default`;
    await sandbox.kubectl(['create', 'rolebinding', 'reader', '--role=reader', account]);
    await waitFor('the right', () => place.raw(metricPath('*'), '--as', who));
  });

  it('WHEN tools look what there is THEN discovery and OpenAPI tell of the metric', async () => {
    expect(JSON.parse(await place.raw('')).preferredVersion.version).toBe('v1beta2');
    expect(JSON.parse(await place.raw('/v1beta2')).resources).toEqual([
      { name: `pods/${METRIC}`, singularName: '', namespaced: true, kind: 'MetricValueList', verbs: ['get'] },
    ]);
    await waitFor('OpenAPI of the API server', async () => {
      const text = await place.sandbox.kubectl(['get', '--raw', '/openapi/v3']);
      return 'apis/custom.metrics.k8s.io/v1beta2' in JSON.parse(text).paths || undefined;
    });
  });
});

describe('GIVEN somebody who reaches a metrics adapter past the API server', () => {
  /** Says who it is; with the certificate of the API server, or in a session that it had before. */
  const ask = (user: string, options: Pick<ConnectionOptions, 'cert' | 'key' | 'session'> = {}) => {
    const answered = Promise.withResolvers<{ status: string; session: Buffer | undefined }>();
    let session: Buffer | undefined;
    let text = '';
    const socket = connect({ port: adapter.port, rejectUnauthorized: false, ...options }, () => {
      const headers = ['Host: a', `X-Remote-User: ${user}`, 'Connection: close'];
      socket.write(
        `GET /apis/custom.metrics.k8s.io${metricPath('*')} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`,
      );
    });
    socket.on('session', (given) => {
      session = given;
    });
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', answered.reject);
    socket.on('close', () => answered.resolve({ status: text.split('\r\n')[0] ?? '', session }));
    return answered.promise;
  };

  it('WHEN it claims to be an administrator without a certificate THEN it is refused, in a resumed session too', async () => {
    const { status, session } = await ask('admin');
    expect(status).toBe('HTTP/1.1 401 Unauthorized');
    expect(session).toBeInstanceOf(Buffer);
    expect((await ask('admin', { session })).status).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('WHEN it has the certificate of the API server THEN what it says of itself is believed, and its rights are asked for', async () => {
    const [cert, key] = ['crt', 'key'].map((end) =>
      readFileSync(join(dirname(inject('kubeconfig')), `apiserver-client.${end}`)),
    );
    expect((await ask('stranger', { cert, key })).status).toBe('HTTP/1.1 403 Forbidden');
    const reader = `system:serviceaccount:${place.sandbox.namespace}:default`;
    expect((await ask(reader, { cert, key })).status).toBe('HTTP/1.1 200 OK');
  });
});

describe('GIVEN a metrics adapter that comes, goes and has company', () => {
  it('WHEN a replica stands beside it THEN both are trusted by one authority, and neither registers anew', async () => {
    const version = () =>
      place.sandbox.kubectl([
        'get',
        'apiservice/v1beta2.custom.metrics.k8s.io',
        '-o',
        'jsonpath={.spec.caBundle}',
      ]);
    const before = await version();
    const other = await place.start('beside');
    const secret = await place.sandbox.get<{ data: Record<string, string> }>('secret', place.name);
    expect(secret?.data['tls.crt']).toBe(before);
    const ca = Buffer.from(before, 'base64');
    for (const { port } of [adapter, other]) {
      const servername = `${place.name}.${place.sandbox.namespace}.svc`;
      const trusted = await new Promise<boolean>((resolve, reject) => {
        const socket = connect({ port, ca, servername }, () => {
          resolve(socket.authorized);
          socket.destroy();
        }).on('error', reject);
      });
      expect(trusted).toBe(true);
    }
    await other.stop();
    expect(await version()).toBe(before);
    expect(other.logs.map(({ msg }) => msg)).not.toContain('Registered for custom metrics');
  });

  it('WHEN its Secret is lost and it begins anew THEN it has another authority, which is trusted', async () => {
    const stopping = performance.now();
    await adapter.stop();
    // Connections of the API server that carry nothing hold nothing up.
    expect(performance.now() - stopping).toBeLessThan(5_000);
    await place.sandbox.kubectl(['delete', 'secret', place.name]);
    adapter = await place.start();
    await place.available();
    await waitFor('the metric', () => place.raw(metricPath('*')));
  });

  it('WHEN another serves custom metrics THEN it steps aside and says so, until the other has gone', async () => {
    const { sandbox } = place;
    const rival = 'v1beta1.custom.metrics.k8s.io';
    await sandbox.kubectl(['apply', '-f', '-'], {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: rival },
      spec: {
        group: 'custom.metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'prometheus-adapter' },
      },
    });
    await place.unregistered();
    expect(await adapter.metric('tidegate_metrics_adapter_registered')).toBe(0);
    const note = `Stepped aside for APIService ${rival}, whose server is asked for custom metrics`;
    expect(adapter.logs.map(({ msg }) => msg)).toContain(note);
    await waitFor('the event', async () => {
      const events = await sandbox.kubectl([
        'get',
        'events',
        '-n',
        'default',
        '-o',
        'jsonpath={.items[*].message}',
      ]);
      return events.includes(note) || undefined;
    });
    await sandbox.kubectl(['delete', 'apiservice', rival]);
    await place.available();
    await waitFor('the gauge', async () =>
      (await adapter.metric('tidegate_metrics_adapter_registered')) === 1 ? true : undefined,
    );
  });

  it('WHEN it would register another API THEN it lacks the right', async () => {
    const who = `system:serviceaccount:${place.sandbox.namespace}:${place.name}`;
    const mayCreate = (name: string) =>
      place.sandbox.kubectl([
        'auth',
        'can-i',
        'create',
        `apiservices.apiregistration.k8s.io/${name}`,
        '--as',
        who,
      ]);
    expect(await mayCreate('v1beta2.custom.metrics.k8s.io')).toContain('yes');
    await expect(mayCreate('v1.apps')).rejects.toThrow();
  });

  it('WHEN somebody spoils the registration THEN it is put right', async () => {
    const path = 'apiservice/v1beta2.custom.metrics.k8s.io';
    const patch = JSON.stringify({ spec: { caBundle: null, insecureSkipTLSVerify: true } });
    await place.sandbox.kubectl(['patch', path, '--type=merge', '-p', patch]);
    await waitFor('the authority to be back', async () => {
      const spec = JSON.parse(await place.sandbox.kubectl(['get', path, '-o', 'json'])).spec;
      return spec.caBundle !== undefined && spec.insecureSkipTLSVerify !== true ? true : undefined;
    });
  });

  it('WHEN it is uninstalled THEN its registration goes along, though nobody runs that could take it back', async () => {
    await adapter.stop();
    await place.uninstall();
    await place.unregistered();
    expect(JSON.stringify(adapter.logs)).not.toContain('forbidden');
  });
});
