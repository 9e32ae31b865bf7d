import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { API_GROUP, type EnvironmentInput, PLURAL } from '../../../src/spec/index.ts';
import { isValid, sketchedEnvironment, validEnvironment } from '../../unit/spec/arbitrary.ts';
import { mutatedEnvironment } from '../../unit/spec/arbitrary-mutation.ts';

let api: CustomObjectsApi;
beforeAll(() => {
  const config = new KubeConfig();
  config.loadFromFile(inject('kubeconfig'));
  api = config.makeApiClient(CustomObjectsApi);
});

/** What the API server says against a document, keeping nothing; undefined when it takes it. */
async function refusal(body: unknown): Promise<string | undefined> {
  try {
    await api.createNamespacedCustomObject({
      group: API_GROUP,
      version: 'v1alpha1',
      namespace: 'default',
      plural: PLURAL,
      body,
      dryRun: 'All',
      fieldValidation: 'Strict',
    });
    return undefined;
  } catch (error) {
    const { code, body: answer } = error as { code?: number; body?: unknown };
    // Only these two are a verdict; anything else is a server that could not be asked.
    if (code === 400 || code === 422) return String(answer);
    throw error;
  }
}

/** Documents on which the two sides differ, and what the API server said. */
async function differences(documents: readonly EnvironmentInput[]) {
  const found: { readonly accepted: boolean; readonly answer: string; readonly spec: unknown }[] = [];
  const queue = documents.values();
  const ask = async () => {
    for (const document of queue) {
      const [accepted, answer] = [isValid(document), await refusal(document)];
      if (accepted !== (answer === undefined)) {
        found.push({ accepted, answer: answer ?? 'accepted', spec: document.spec });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, ask));
  return found;
}

const CONCURRENCY = 8;

describe('GIVEN random environments', () => {
  it.each([
    ['valid', validEnvironment, 500],
    ['of the right shape', sketchedEnvironment, 300],
    ['wrong in one place', mutatedEnvironment, 700],
  ] as const)('WHEN they are %s THEN parse and the API server give one verdict', async (_, made, count) => {
    const seed = Date.now();
    expect({ seed, found: await differences(fc.sample(made, { numRuns: count, seed })) }).toEqual({
      seed,
      found: [],
    });
  });
});
