import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Api, ApiRequest } from '../../../src/operator/api/api-client.ts';
import { type EventNote, EventRecorder } from '../../../src/operator/environment/event-recorder.ts';

const log = pino({ level: 'silent' });
const about = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'RealtimeEnvironment',
  metadata: { name: 'chat', namespace: 'ns', uid: 'uid', resourceVersion: '7' },
};
const event: EventNote = {
  type: 'Normal',
  reason: 'Updated',
  action: 'Apply',
  note: 'Updated Service a',
};

function recorder(fails = false) {
  const asked: ApiRequest[] = [];
  const api: Api = {
    json: async <T>(request: ApiRequest) => {
      asked.push(request);
      if (fails) throw new Error('Refused');
      return {} as T;
    },
  };
  const events = new EventRecorder('me');
  const record = (note = event.note) => events.record(api, about, { ...event, note }, log);
  return { asked, record };
}

describe('GIVEN a recorder of events', () => {
  it('WHEN something happens again and again THEN it is one event that is counted', async () => {
    const { asked, record } = recorder();
    for (let count = 0; count < 3; count += 1) await record();
    const [written, ...counted] = asked;
    expect(written).toMatchObject({
      method: 'POST',
      path: '/apis/events.k8s.io/v1/namespaces/ns/events',
      body: { reason: 'Updated', regarding: { kind: 'RealtimeEnvironment', name: 'chat', uid: 'uid' } },
    });
    const { name } = (written as { body: { metadata: { name: string } } }).body.metadata;
    const path = `/apis/events.k8s.io/v1/namespaces/ns/events/${name}`;
    expect(counted).toMatchObject([
      { method: 'PATCH', path, body: { series: { count: 2 } } },
      { method: 'PATCH', path, body: { series: { count: 3 } } },
    ]);
  });

  it('WHEN another sentence is told THEN it is another event', async () => {
    const { asked, record } = recorder();
    await record();
    await record('Updated Service b');
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('WHEN a sentence is too long for the API THEN it is cut', async () => {
    const { asked, record } = recorder();
    await record('x'.repeat(2_000));
    expect(asked[0]?.body).toMatchObject({ note: `${'x'.repeat(1_023)}…` });
  });

  it('WHEN it cannot be written THEN that is no failure, and the next time is a first one', async () => {
    const { asked, record } = recorder(true);
    await record();
    await record();
    expect(asked.map(({ method, deadlineMs }) => [method, deadlineMs])).toEqual([
      ['POST', 2_000],
      ['POST', 2_000],
    ]);
  });
});
