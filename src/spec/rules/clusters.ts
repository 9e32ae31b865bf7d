import { MOST_PER_REPLICA, mostReplicas } from '../derive.ts';
import { amount } from '../field.ts';
import { fits, POSTGRES_BASE_BYTES, POSTGRES_CONNECTION_BYTES } from './capacity.ts';
import type { SpecRule } from './sections.ts';

const HAS_CLUSTER = 'has(self.postgres) && has(self.postgres.cloudNativePG)';

/** Postgres as a cluster of CloudNativePG. */
export const clusterRules: readonly SpecRule[] = [
  {
    code: 'TG1460',
    path: ['postgres', 'cloudNativePG', 'resources', 'limits', 'memory'],
    test: ({ postgres: { cloudNativePG }, autoscaling }) =>
      cloudNativePG === undefined ||
      cloudNativePG.pooler !== undefined ||
      POSTGRES_BASE_BYTES + POSTGRES_CONNECTION_BYTES * mostReplicas(autoscaling) <=
        amount(cloudNativePG.resources.limits.memory),
    cel: `!(${HAS_CLUSTER}) || has(self.postgres.cloudNativePG.pooler) || ${fits(
      `${POSTGRES_BASE_BYTES} + ${MOST_PER_REPLICA * POSTGRES_CONNECTION_BYTES} * self.autoscaling.max`,
      'quantity(string(self.postgres.cloudNativePG.resources.limits.memory))',
    )}`,
    reason:
      'Postgres takes 128 MiB and 2 MiB a connection, of which 2 × autoscaling.max replicas have one at least each',
  },
  {
    code: 'TG1461',
    path: ['secrets', 'postgres', 'existing', 'key'],
    test: ({ postgres, secrets }) =>
      postgres.cloudNativePG === undefined ||
      secrets.postgres.existing === undefined ||
      secrets.postgres.existing.key === 'password',
    cel: `!(${HAS_CLUSTER}) || !has(self.secrets.postgres) || !has(self.secrets.postgres.existing) || self.secrets.postgres.existing.key == 'password'`,
    reason: 'CloudNativePG takes who logs in from the keys username and password of the Secret',
  },
  {
    code: 'TG1462',
    path: ['secrets', 'postgres'],
    test: ({ postgres, secrets: { postgres: source } }) =>
      postgres.cloudNativePG === undefined ||
      (source.copy === undefined &&
        source.externalSecret === undefined &&
        source.generated?.rotate === undefined),
    cel: `!(${HAS_CLUSTER}) || !has(self.secrets.postgres) || (!has(self.secrets.postgres.copy) && !has(self.secrets.postgres.externalSecret) && !(has(self.secrets.postgres.generated) && has(self.secrets.postgres.generated.rotate)))`,
    reason: 'CloudNativePG keeps one login with user and password, which these do not hold',
  },
];
