import type { Manifest } from '../../../src/constructs/index.ts';

/** The parts of a pod that security is judged by. */
export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly {
    readonly image: string;
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly resources: { readonly limits?: Readonly<Record<string, string>> };
  }[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
}

interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
      readonly spec: PodSpec;
    };
  };
}

/** Objects that make pods. */
export function workloads(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet') as Workload[];
}
