import { join } from 'node:path';
import { crd } from '../../src/spec/index.ts';
import { APPLY, kubectlFor } from './kubectl.ts';
import { goModule } from './tools/go-module.ts';
import { waitFor } from './wait-for.ts';

/** Installs Tidegate's custom resource and those of Gateway API that routes need. */
export async function installCustomResources(kubeconfig: string): Promise<void> {
  await applyCustomResources(kubeconfig, await gatewayApi(), crd());
}

/** Files with the custom resources of Gateway API's standard channel that routes by HTTP need. */
export async function gatewayApi(): Promise<readonly string[]> {
  const source = await goModule('sigs.k8s.io/gateway-api', 'v1.3.0');
  return ['gatewayclasses', 'gateways', 'httproutes', 'referencegrants'].map((plural) =>
    join(source, 'config/crd/standard', `gateway.networking.k8s.io_${plural}.yaml`),
  );
}

/** Files with the custom resources of the Prometheus Operator, by default those that environments have. */
export async function prometheusOperator(
  plurals: readonly string[] = ['podmonitors', 'prometheusrules'],
): Promise<readonly string[]> {
  const source = await goModule('github.com/prometheus-operator/prometheus-operator', 'v0.94.0');
  return plurals.map((plural) =>
    join(source, 'example/prometheus-operator-crd', `monitoring.coreos.com_${plural}.yaml`),
  );
}

/** Files with the custom resources of CloudNativePG that environments have. */
export async function cloudNativePG(): Promise<readonly string[]> {
  const source = await goModule('github.com/cloudnative-pg/cloudnative-pg', 'v1.27.0');
  return ['clusters', 'poolers', 'scheduledbackups'].map((plural) =>
    join(source, 'config/crd/bases', `postgresql.cnpg.io_${plural}.yaml`),
  );
}

/** Files with the custom resource of External Secrets that environments have. */
export async function externalSecrets(): Promise<readonly string[]> {
  const source = await goModule('github.com/external-secrets/external-secrets', 'v0.16.1');
  return [join(source, 'config/crds/bases/external-secrets.io_externalsecrets.yaml')];
}

/** Applies files (and an object) of custom resources and waits until the API server serves them. */
export async function applyCustomResources(
  kubeconfig: string,
  files: readonly string[],
  object?: object,
): Promise<void> {
  const kubectl = await kubectlFor(kubeconfig);
  const sources = [
    ...files.map((file) => `--filename=${file}`),
    ...(object === undefined ? [] : ['--filename=-']),
  ];
  await kubectl([...APPLY, ...sources], JSON.stringify(object));
  // `kubectl wait` gives up on one that is so new that it has no conditions yet.
  const established = '{.status.conditions[?(@.type=="Established")].status}';
  const template = `{range .items[*]}{.metadata.name}=${established}{"\\n"}{end}`;
  await waitFor(
    'custom resources that the API server serves',
    async () => {
      const lines = await kubectl(['get', 'customresourcedefinitions', '-o', `jsonpath=${template}`]);
      return (
        lines
          .trim()
          .split('\n')
          .every((line) => line.endsWith('=True')) || undefined
      );
    },
    { seconds: 30 },
  );
}
