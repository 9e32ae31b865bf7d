import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derive, parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

describe('GIVEN an environment of 10 × 5,000 sockets and a budget of 1,000 a second', () => {
  it('WHEN it is derived THEN the grace covers a drain of all replicas at once', () => {
    expect(derive(parse(environment()).spec)).toEqual({
      closesPerSecond: 100,
      drainSeconds: 50,
      preStopSeconds: 5,
      drainTimeoutSeconds: 65,
      terminationGraceSeconds: 85,
      workerGraceSeconds: 80,
      progressDeadlineSeconds: 600,
      proxyIdleTimeoutSeconds: 3600,
      capacity: 50_000,
      drainable: 6_500,
      pool: { min: 4, max: 4 },
      postgresMaxConnections: 100,
      postgresPooler: undefined,
      // Half of 256Mi.
      redisMaxMemoryBytes: 134_217_728,
    });
  });
});

describe('GIVEN any sizing', () => {
  const sizing = fc.record({
    max: fc.integer({ min: 1, max: 1000 }),
    connectionsPerReplica: fc.integer({ min: 1, max: 10_000 }),
    // So many that a drain ends within a day.
    reconnectsPerSecond: fc.integer({ min: 120, max: 100_000 }),
  });

  it('WHEN all replicas drain together THEN they end in time, within the budget, and the pools fit', () => {
    fc.assert(
      fc.property(sizing, ({ max, connectionsPerReplica, reconnectsPerSecond }) => {
        const { spec } = parse(
          environment({
            autoscaling: { min: 1, max, connectionsPerReplica },
            drain: { reconnectsPerSecond },
            postgres: { standalone: { resources: { limits: { memory: '8Gi' } } } },
          }),
        );
        const derived = derive(spec);
        expect(derived.closesPerSecond * max).toBeCloseTo(reconnectsPerSecond, 6);
        expect(derived.closesPerSecond * derived.drainTimeoutSeconds).toBeGreaterThanOrEqual(
          connectionsPerReplica,
        );
        expect(derived.terminationGraceSeconds).toBeGreaterThan(
          derived.preStopSeconds + derived.drainTimeoutSeconds,
        );
        expect(derived.pool.max * 2 * max).toBeLessThan(derived.postgresMaxConnections);
      }),
    );
  });
});

describe('GIVEN a cluster of Postgres behind poolers', () => {
  it('WHEN it is derived THEN one pooler alone can serve all, and together they leave the database connections', () => {
    const postgres = { cloudNativePG: { pooler: { instances: 3 } } };
    const { spec } = parse(environment({ autoscaling: { max: 50 }, postgres }));
    const { pool, postgresMaxConnections, postgresPooler } = derive(spec);
    expect(pool).toEqual({ min: 5, max: 20 });
    expect(postgresMaxConnections).toBe(100);
    // Twice 50 replicas with 20 each, and a third of 100 less those that are kept free.
    expect(postgresPooler).toEqual({ clients: 2_010, connections: 30 });
  });
});
