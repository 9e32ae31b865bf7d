import { k8s } from 'cdk8s-plus-34';

/** A TCP port, as a NetworkPolicy names it. */
export function tcp(port: number): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' };
}
