import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { imageOf, parse, settingInfos } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

interface Compose {
  readonly services: Readonly<
    Record<string, { image: string; environment?: Record<string, string>; secrets: readonly string[] }>
  >;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const { services, secrets } = parseYaml(readFileSync('compose.yaml', 'utf8')) as Compose;
const variables = Object.values(services).flatMap((service) => Object.entries(service.environment ?? {}));

describe('GIVEN compose.yaml', () => {
  it('THEN every TIDEGATE_ variable is a setting, or the file of a secret one', () => {
    const known = settingInfos().flatMap(({ variable, file }) =>
      file ? [variable, `${variable}_FILE`] : [variable],
    );
    const used = variables.map(([name]) => name).filter((name) => name.startsWith('TIDEGATE_'));
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    expect(used.length).toBeGreaterThan(0);
  });

  it('THEN it runs the images that an environment runs by default', () => {
    const { server, postgres, redis } = parse(environment()).spec;
    const images = Object.entries(services).map(([name, { image }]) => [name, image]);
    expect(Object.fromEntries(images)).toEqual({
      web: imageOf(server),
      postgres: postgres.standalone?.image,
      redis: redis.standalone?.image,
    });
  });

  it('THEN every password is a file whose content Compose takes from a variable without a default', () => {
    expect(secrets).toEqual({
      'postgres-password': { environment: 'POSTGRES_PASSWORD' },
      'redis-password': { environment: 'REDIS_PASSWORD' },
      'token-key': { environment: 'TOKEN_KEY' },
    });
    for (const { environment = {}, secrets: mounted } of Object.values(services)) {
      const confidential = Object.entries(environment).filter(([name]) => /PASSWORD|KEY/.test(name));
      const paths = mounted.map((name) => `/run/secrets/${name}`);
      expect(
        confidential.filter(([name, value]) => !name.endsWith('_FILE') || !paths.includes(value)),
      ).toEqual([]);
    }
  });
});
