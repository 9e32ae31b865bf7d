import type { Manifest } from '../../constructs/index.ts';
import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { isGenerated, type SecretRequirement, secretRequirements } from '../../spec/index.ts';
import { advice, missing, type Need, ok, type Patient } from './finding.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Volumes and credentials. */
export function storeNeeds({ environment, objects }: Patient): readonly Need[] {
  const { namespace, name } = environment.metadata;
  const credentials = secretRequirements(environment);
  const generated = credentials.filter(isGenerated);
  return [
    ...objects.flatMap(volumesOf).map(storageClass),
    ...credentials.filter((one) => one.existing !== undefined).map((one) => existingSecret(one, namespace)),
    { what: `Generated Secrets of ${namespace}/${name}`, look: generatedSecrets(generated, namespace) },
  ];
}

interface Volume {
  readonly storageClassName?: string | undefined;
}

/** Volumes that an object asks for; those of a Cluster are made by CloudNativePG. */
function volumesOf({ kind, spec }: Manifest): readonly Volume[] {
  if (kind === 'PersistentVolumeClaim') return [spec as Volume];
  if (kind !== 'Cluster') return [];
  const { storage } = spec as { readonly storage: { readonly storageClass?: string } };
  return [{ storageClassName: storage.storageClass }];
}

function storageClass({ storageClassName }: Volume): Need {
  return {
    what: storageClassName === undefined ? 'Default StorageClass' : `StorageClass ${storageClassName}`,
    look: async (api) => {
      const classes = await api.list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' });
      const found = classes.find(({ metadata }) =>
        storageClassName === undefined
          ? metadata?.annotations?.[DEFAULT_CLASS] === 'true'
          : metadata?.name === storageClassName,
      );
      if (found !== undefined) return ok(`${found.metadata?.name} of ${found.provisioner}`);
      const others = classes.flatMap(({ metadata }) => metadata?.name ?? []);
      return missing(
        others.length === 0 ? 'There is no StorageClass' : `There is only ${others.join(', ')}`,
        storageClassName === undefined
          ? `Annotate one with ${DEFAULT_CLASS}=true, or set storageClassName in the spec`
          : 'Create it, or set storageClassName to one that is there',
      );
    },
  };
}

function existingSecret(secret: SecretRequirement, namespace: string): Need {
  const { name, key } = secret;
  return {
    what: `Secret ${namespace}/${name} with the key ${key}`,
    look: async (api) =>
      (await hasKey(api, secret, namespace))
        ? ok('It is there')
        : missing('There is no such Secret, or it has no such key', 'Create it, or add the key'),
  };
}

/** Whoever delivers makes them, so that they are missing before the first delivery. */
function generatedSecrets(secrets: readonly SecretRequirement[], namespace: string): Need['look'] {
  return async (api) => {
    const there = await Promise.all(secrets.map((secret) => hasKey(api, secret, namespace)));
    const absent = secrets.filter((_, index) => !there[index]).map(({ name }) => name);
    if (absent.length === 0) return ok('They are there');
    return advice(
      `There is no ${absent.join(', ')} yet`,
      'With GitOps, make them with tidegate secrets ensure; tidegate up, the operator and Pulumi do so by themselves',
    );
  };
}

async function hasKey(api: ObjectApi, { name, key }: SecretRequirement, namespace: string): Promise<boolean> {
  const found = await api.read({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } });
  return (found?.data as Readonly<Record<string, string>> | undefined)?.[key] !== undefined;
}
