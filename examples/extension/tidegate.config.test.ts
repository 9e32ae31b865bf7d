import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testing } from 'tidegate/testing';
import acme from './tidegate.config.ts';

const SERVER = { server: { image: 'registry.acme.example/chat:1.4.0' } };

test('every object tells its cost centre', () => {
  const labels = Testing.render(SERVER, acme).map(
    ({ metadata }) => metadata.labels?.['acme.example/cost-centre'],
  );
  assert.deepEqual(new Set(labels), new Set(['4711']));
});

test('an image from elsewhere is refused', () => {
  assert.throws(() => Testing.render({}, acme), /^SpecError: ACME1001 spec\.server\.image: /);
});

test('the probe asks at the host of the environment', () => {
  const { spec } = Testing.find(Testing.render(SERVER, acme), 'Probe', 'chat-availability');
  assert.partialDeepStrictEqual(spec, {
    targets: { staticConfig: { static: ['https://chat.example.com/healthz'] } },
  });
});
