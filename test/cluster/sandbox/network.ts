import { command } from '../command.ts';
import { type ClusterLayout, interfaceName, POD_CIDR } from '../layout.ts';
import { waitFor } from '../wait-for.ts';
import { runInside, type Sandbox } from './sandbox.ts';

/** Addresses of this machine's interfaces. */
export async function addressesInUse(): Promise<readonly string[]> {
  const links = JSON.parse(await command('ip', ['-json', 'address'])) as {
    addr_info: { local: string }[];
  }[];
  return links.flatMap((link) => link.addr_info.map(({ local }) => local));
}

/** Joins the sandbox to this machine with a pair of interfaces, and makes it route between its pods. */
export async function connect(sandbox: Sandbox, layout: ClusterLayout): Promise<void> {
  const link = interfaceName(layout);
  await command('ip', [
    'link',
    'add',
    link,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    `${sandbox.pid}`,
  ]);
  await command('ip', ['address', 'add', `${layout.hostAddress}/30`, 'dev', link]);
  await command('ip', ['link', 'set', link, 'up']);
  await runInside(sandbox, 'sh', ['-euc', NETWORK, 'sh', layout.address, POD_CIDR]);
}

/** Removes the pair; the kernel does as well, some time after the sandbox has ended. */
export async function disconnect(layout: Pick<ClusterLayout, 'id'>): Promise<void> {
  const link = interfaceName(layout);
  await waitFor(`the interface ${link} to go`, async () => {
    const links = JSON.parse(await command('ip', ['-json', 'link'])) as { ifname: string }[];
    if (!links.some(({ ifname }) => ifname === link)) return true;
    await command('ip', ['link', 'delete', link]);
    return undefined;
  });
}

/**
 * The first packet of each connection of a pod goes to queue 100, where kube-network-policies judges it. Its own nftables
 * rules say the same, but not every kernel has nftables' `queue`; every one has this target. The node's own traffic
 * (probes, the proxy) and the rest of a connection pass.
 */
const NETWORK = `
  address=$1 pods=$2
  ip link set lo up
  ip address add "$address/30" dev eth0
  ip link set eth0 up
  echo 1 > /proc/sys/net/ipv4/ip_forward
  iptables -t nat -A POSTROUTING -s "$pods" -o eth0 -j MASQUERADE
  iptables -t mangle -A POSTROUTING -m owner --uid-owner 0 -j ACCEPT
  iptables -t mangle -A POSTROUTING -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
  iptables -t mangle -A POSTROUTING -s "$pods" -j NFQUEUE --queue-num 100
  iptables -t mangle -A POSTROUTING -d "$pods" -j NFQUEUE --queue-num 100
`;
