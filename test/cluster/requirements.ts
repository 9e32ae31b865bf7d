import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RECIPES, recipeNameOf, type ToolchainName, type ToolName } from './tools/recipes.ts';
import { isAtHand } from './tools/tool-path.ts';

/** `control-plane`: processes without privileges. `full`: pods, so root and a container runtime. */
export type Level = 'control-plane' | 'full';

/** What the machine is asked. */
export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Whether a program is on the path, or at its absolute path. */
  hasProgram(program: string): boolean;
  /** Whether a program of the tests is there without building it. */
  isAtHand(tool: ToolName): boolean;
}

const PROGRAMS: Readonly<Record<Level, readonly (readonly [program: string, debianPackage: string])[]>> = {
  'control-plane': [
    ['setpriv', 'util-linux'],
    ['redis-server', 'redis-server'],
    ['/usr/lib/postgresql/15/bin/postgres', 'postgresql-15'],
    ['/usr/bin/chromium', 'chromium'],
  ],
  full: [
    ['setpriv', 'util-linux'],
    ['buildah', 'buildah'],
    ['conntrack', 'conntrack'],
    ['containerd', 'containerd'],
    ['/usr/lib/cni/bridge', 'containernetworking-plugins'],
    ['ip', 'iproute2'],
    ['iptables', 'iptables'],
    ['nft', 'nftables'],
    ['openssl', 'openssl'],
    ['runc', 'runc'],
    ['unshare', 'util-linux'],
  ],
};

const CONTROL_PLANE_TOOLS: readonly ToolName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
];
const FULL_TOOLS: readonly ToolName[] = [...CONTROL_PLANE_TOOLS];

const TOOLCHAINS: Readonly<Record<ToolchainName, { program: string; get: string }>> = {
  go: { program: 'go', get: 'install Go 1.26 or later' },
  wheel: { program: 'python3', get: 'install python3 with pip' },
};

/** What this machine lacks for a level of the local cluster, a line each with what to do. */
export async function requirements(level: Level): Promise<readonly { message: string }[]> {
  return missing(level, thisMachine()).map((message) => ({ message }));
}

export function missing(level: Level, machine: Machine): readonly string[] {
  if (machine.platform !== 'linux')
    return ['The local cluster needs Linux: run the tests in a Linux machine'];
  const lines: string[] = [];
  if (level === 'full' && !machine.isRoot) {
    lines.push('Pods need root for namespaces and cgroups: run the tests as root');
  }
  const packages = PROGRAMS[level].filter(([program]) => !machine.hasProgram(program));
  for (const [program, debianPackage] of packages) {
    lines.push(`${program} is not installed: apt-get install ${debianPackage}`);
  }
  return [...lines, ...missingToolchains(level, machine)];
}

function missingToolchains(level: Level, machine: Machine): readonly string[] {
  const tools = level === 'full' ? FULL_TOOLS : CONTROL_PLANE_TOOLS;
  const toBuild = tools.filter((tool) => !machine.isAtHand(tool));
  const needed = Object.keys(TOOLCHAINS) as ToolchainName[];
  return needed.flatMap((toolchain) => {
    const { program, get } = TOOLCHAINS[toolchain];
    const affected = toBuild.filter((tool) => RECIPES[recipeNameOf(tool)].from === toolchain);
    if (affected.length === 0 || machine.hasProgram(program)) return [];
    return [`${program} is needed to build ${affected.join(', ')}: ${get}, or set TIDEGATE_TOOLS`];
  });
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
