import { API_GROUP, API_VERSION, KIND, PLURAL, VERSION } from '../../spec/index.ts';
import { kubernetesYaml } from '../kubernetes-yaml.ts';
import { Values } from './values.ts';

type Json = Record<string, unknown>;

/** `Chart.yaml` of the operator. */
export function operatorChart(): Json {
  const { repository } = Values.parse({}).image;
  return {
    ...chart('tidegate', 'Operator for realtime (WebSocket) environments, and environments from values'),
    appVersion: VERSION,
    annotations: {
      ...annotations(),
      'artifacthub.io/operator': 'true',
      'artifacthub.io/operatorCapabilities': 'Seamless Upgrades',
      'artifacthub.io/images': kubernetesYaml([{ name: 'operator', image: `${repository}:${VERSION}` }]),
    },
  };
}

/** `Chart.yaml` of the custom resources. */
export function crdChart(): Json {
  return {
    ...chart('tidegate-crds', `Custom resources of Tidegate: ${KIND}`),
    annotations: annotations(),
  };
}

function chart(name: string, description: string): Json {
  return {
    apiVersion: 'v2',
    name,
    description,
    type: 'application',
    version: VERSION,
    kubeVersion: '>=1.30.0-0',
    keywords: ['websocket', 'realtime', 'operator'],
  };
}

/** What Artifact Hub shows: https://artifacthub.io/docs/topics/annotations/helm/. It reads lists as YAML within text. */
function annotations(): Json {
  const [, version] = API_VERSION.split('/');
  return {
    'artifacthub.io/category': 'streaming-messaging',
    'artifacthub.io/license': 'Apache-2.0',
    'artifacthub.io/prerelease': String(VERSION.startsWith('0.')),
    'artifacthub.io/crds': kubernetesYaml([
      {
        kind: KIND,
        version,
        name: `${PLURAL}.${API_GROUP}`,
        displayName: 'Realtime environment',
        description: 'A realtime server fleet with its stores, its route, its scaling and its credentials',
      },
    ]),
    'artifacthub.io/crdsExamples': kubernetesYaml([
      {
        apiVersion: API_VERSION,
        kind: KIND,
        metadata: { name: 'chat', namespace: 'chat' },
        spec: { host: 'chat.example.com', route: { ingress: { className: 'contour' } } },
      },
    ]),
  };
}
