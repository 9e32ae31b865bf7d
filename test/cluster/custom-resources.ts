import { join } from 'node:path';
import { crd } from '../../src/spec/index.ts';
import { command } from './command.ts';
import { goModule } from './tools/go-module.ts';
import { toolPath } from './tools/tool-path.ts';

const GATEWAY_API = '1.3.0';

/** Installs Tidegate's custom resource and Gateway API's HTTPRoute, Gateway and GatewayClass, and waits for them. */
export async function installCustomResources(kubeconfig: string): Promise<void> {
  const source = join(await goModule('sigs.k8s.io/gateway-api', GATEWAY_API), 'config/crd/standard');
  const files = ['gatewayclasses', 'gateways', 'httproutes'].map(
    (plural) => `--filename=${join(source, `gateway.networking.k8s.io_${plural}.yaml`)}`,
  );
  const kubectl = await toolPath('kubectl');
  const apply = ['apply', '--server-side', '--force-conflicts', `--kubeconfig=${kubeconfig}`];
  await command(kubectl, [...apply, ...files, '--filename=-'], { input: JSON.stringify(crd()) });
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', `--kubeconfig=${kubeconfig}`];
  await command(kubectl, [...wait, 'customresourcedefinitions', '--all']);
}
