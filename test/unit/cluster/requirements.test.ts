import { describe, expect, it } from 'vitest';
import { type Machine, missing } from '../../cluster/requirements.ts';

const machine = (lacks: readonly string[], rest: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  isRoot: true,
  hasProgram: (program) => !lacks.includes(program),
  isAtHand: () => false,
  ...rest,
});

describe('GIVEN a machine with everything', () => {
  it.each(['control-plane', 'full'] as const)('WHEN %s is asked for THEN nothing is lacking', (level) => {
    expect(missing(level, machine([]))).toEqual([]);
  });
});

describe('GIVEN a machine without Go', () => {
  it('WHEN no program is built yet THEN it says what Go is for and the two ways out', () => {
    expect(missing('control-plane', machine(['go']))).toEqual([
      'go is needed to build etcd, kube-apiserver, kube-controller-manager, kubectl: install Go 1.26 or later, or set TIDEGATE_TOOLS',
    ]);
  });
  it('WHEN every program is at hand THEN nothing is lacking', () => {
    expect(missing('control-plane', machine(['go'], { isAtHand: () => true }))).toEqual([]);
  });
});

describe('GIVEN a machine without a container runtime and without root', () => {
  const bare = machine(['containerd', '/usr/lib/cni/bridge'], { isRoot: false });
  it('WHEN only the control plane is asked for THEN nothing is lacking', () => {
    expect(missing('control-plane', bare)).toEqual([]);
  });
  it('WHEN pods are asked for THEN each lack is a line with what to do', () => {
    expect(missing('full', bare)).toEqual([
      'Pods need root for namespaces and cgroups: run the tests as root',
      'containerd is not installed: apt-get install containerd',
      '/usr/lib/cni/bridge is not installed: apt-get install containernetworking-plugins',
    ]);
  });
});

describe('GIVEN another operating system', () => {
  it('WHEN anything is asked for THEN Linux is all it asks', () => {
    expect(missing('full', machine(['go'], { platform: 'darwin' }))).toEqual([
      'The local cluster needs Linux: run the tests in a Linux machine',
    ]);
  });
});
