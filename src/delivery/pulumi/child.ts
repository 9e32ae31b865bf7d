import type { CustomResourceOptions } from '@pulumi/pulumi';
import {
  COMPONENT,
  type Extension,
  generatedSecret,
  HOLDS_DATA,
  type Manifest,
  owned,
  render,
} from '../../constructs/index.ts';
import { type Environment, isGenerated, secretRequirements } from '../../spec/index.ts';
import { type Step, stepOf, timeoutsOf } from './step.ts';

/** One object of an environment, and how Pulumi is to treat it. */
export interface Child {
  readonly manifest: Manifest;
  readonly step: Step;
  readonly options: CustomResourceOptions;
}

/** Makes the provider return at once instead of waiting for the object. */
const SKIP_AWAIT = 'pulumi.com/skipAwait';

/**
 * Kinds whose await says nothing that the pods' own readiness does not say, and may never end:
 * - Service: waits for endpoints, so for pods that may still have to be created.
 * - PersistentVolumeClaim: waits to be bound, which under WaitForFirstConsumer takes a pod that is created later; and
 *   an update of a bound one waits for it to be unbound again.
 * - Ingress: waits for an address in its status, which not every controller writes.
 */
const NOT_AWAITED: ReadonlySet<string> = new Set(['Service', 'PersistentVolumeClaim', 'Ingress']);

/**
 * Every object of an environment with its generated Secrets first. The Secrets' values are new at each call; their
 * options keep the value that Pulumi's state has.
 */
export function childrenOf(environment: Environment, extension?: Extension): readonly Child[] {
  const skipAll = environment.metadata.annotations?.[SKIP_AWAIT] === 'true';
  const secrets = secretRequirements(environment)
    .filter(isGenerated)
    .map((requirement) => generatedSecret(environment, requirement));
  return owned([...secrets, ...render(environment, extension)], 'pulumi').map((manifest) => ({
    manifest: annotated(manifest, skipAll || NOT_AWAITED.has(manifest.kind)),
    step: stepOf(manifest),
    options: {
      customTimeouts: timeoutsOf(manifest),
      retainOnDelete: HOLDS_DATA.has(manifest.kind) && environment.spec.retention === 'Retain',
      ignoreChanges: keptOf(manifest, environment),
    },
  }));
}

/** Fields that stay as the state has them. */
function keptOf({ kind, metadata: { labels } }: Manifest, { spec }: Environment): string[] {
  // The provider keeps `stringData` as `data`.
  if (kind === 'Secret') return ['data', 'stringData'];
  // What runs goes on running until another image is named, whichever one a later version brings along.
  const runsServer = ['server', 'worker'].includes(labels?.[COMPONENT] ?? '');
  if (kind === 'Deployment' && runsServer && spec.server.image === undefined) {
    return ['spec.template.spec.containers[0].image'];
  }
  return [];
}

function annotated(manifest: Manifest, skipAwait: boolean): Manifest {
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      annotations: {
        ...manifest.metadata.annotations,
        // One name, not one drawn for each object: who comes back to a kept volume is then no stranger to it, and
        // another front door's field manager is named in the conflict.
        'pulumi.com/patchFieldManager': 'tidegate-pulumi',
        ...(skipAwait ? { [SKIP_AWAIT]: 'true' } : {}),
      },
    },
  };
}
