import { defineExtension } from 'tidegate/constructs';
import { imageOf } from 'tidegate/spec';
import { AvailabilityProbe, PROBE } from './parts/availability-probe.ts';
import { CompanyLabels } from './parts/company-labels.ts';
import { GeoPostgres } from './parts/geo-postgres.ts';
import { TracedServer } from './parts/traced-server.ts';

const REGISTRY = 'registry.acme.example/';

/** What Acme adds to every realtime environment, or does differently. */
export default defineExtension({
  rules: [
    {
      code: 'ACME1001',
      path: 'spec.server.image',
      test: ({ spec }) => imageOf(spec.server).startsWith(REGISTRY),
      reason: 'Clusters of Acme pull images from its own registry alone',
      remedy: `Push the image to ${REGISTRY} and name it there`,
    },
  ],
  parts: { postgres: GeoPostgres, server: TracedServer },
  extend({ metadata, spec }, scope) {
    new AvailabilityProbe(scope, 'availability', { instance: metadata.name, host: spec.host });
  },
  aspects: [new CompanyLabels({ 'acme.example/cost-centre': '4711' })],
  kinds: [PROBE],
});
