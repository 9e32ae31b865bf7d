import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubernetesYaml } from '../../../src/delivery/kubernetes-yaml.ts';

describe('GIVEN texts that YAML 1.1 takes for something else', () => {
  it.each(['off', 'On', 'yes', 'NO', 'y', '0o17', '1:30', '1_000', 'true', '~'])(
    'WHEN %s is written THEN it stays a text',
    (text) => {
      expect(parse(kubernetesYaml({ text }), { version: '1.1' })).toEqual({ text });
    },
  );
});
