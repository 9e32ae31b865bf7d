import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../../cluster/command.ts';

/** A network of pods within the namespaces of this process, whose names are those that the cluster's DNS would know. */
export class PodNetwork {
  readonly #hostsFile: string;
  readonly #addresses = new Map<string, string>();
  #last = 1;

  private constructor(hostsFile: string) {
    this.#hostsFile = hostsFile;
  }

  /** Only for a process that has a network and a mount namespace of its own. */
  static async create(): Promise<PodNetwork> {
    const hostsFile = join(mkdtempSync(join(tmpdir(), 'tidegate-hosts-')), 'hosts');
    const network = new PodNetwork(hostsFile);
    network.#write();
    await sh(`mount -t tmpfs tmpfs /run
      mount --bind ${hostsFile} /etc/hosts
      ip link set lo up
      ip link add pods type bridge
      ip address add 10.99.0.1/24 dev pods
      ip link set pods up`);
    return network;
  }

  /** Gives a pod a network namespace of its name, and an address that none had before. */
  async add(pod: string, host: string): Promise<void> {
    this.#last += 1;
    const address = `10.99.0.${this.#last}`;
    await sh(`ip netns add ${pod}
      ip link add pod${this.#last} type veth peer name eth0 netns ${pod}
      ip link set pod${this.#last} master pods up
      ip -n ${pod} link set lo up
      ip -n ${pod} address add ${address}/24 dev eth0
      ip -n ${pod} link set eth0 up`);
    this.#addresses.set(host, address);
    this.#write();
  }

  /** Takes the pod's address and name away, as when its node is lost: packets to it vanish. */
  async remove(pod: string, host: string): Promise<void> {
    this.#addresses.delete(host);
    this.#write();
    await sh(`ip -n ${pod} link delete eth0
      ip netns delete ${pod}`);
  }

  /** Cuts a pod off from all others, or lets it back. */
  async cut(pod: string, off: boolean): Promise<void> {
    await sh(`ip -n ${pod} link set eth0 ${off ? 'down' : 'up'}`);
  }

  #write(): void {
    const lines = [...this.#addresses].map(([host, address]) => `${address} ${host}`);
    // The same file: it is mounted.
    writeFileSync(this.#hostsFile, `${['127.0.0.1 localhost', ...lines].join('\n')}\n`);
  }
}

function sh(script: string): Promise<string> {
  return command('sh', ['-euc', script]);
}
