import type { Manifest } from '../../constructs/index.ts';

/** A kind of objects, as manifests name it. */
export type Kind = Pick<Manifest, 'apiVersion' | 'kind'>;

/** What names one object. */
export interface ObjectReference extends Kind {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

/** An object as the API server gives it. */
export interface LiveObject extends Manifest {
  readonly metadata: Manifest['metadata'] & {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid?: string;
      readonly controller?: boolean;
    }[];
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly operation?: string;
      readonly subresource?: string;
      readonly fieldsV1?: unknown;
    }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** `Kind namespace/name`, for messages. */
export function nameOf({ kind, metadata }: ObjectReference): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** The same for one object alone, whatever has its name in another group, kind or namespace. */
export function idOf({ apiVersion, kind, metadata }: ObjectReference): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
