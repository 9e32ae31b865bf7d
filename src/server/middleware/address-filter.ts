import { BlockList, isIPv6 } from 'node:net';
import { HttpError } from '../app/http-error.ts';
import type { Middleware } from '../app/middleware.ts';

export interface AddressLists {
  /** Addresses and ranges (CIDR) that may come in; all may when it is empty. */
  readonly allow: readonly string[];
  /** Those that may not, even if they are allowed. */
  readonly deny: readonly string[];
}

/** Refuses clients with 403 by their address. */
export function addressFilter({ allow, deny }: AddressLists): Middleware {
  const allowed = listOf(allow);
  const denied = listOf(deny);
  return {
    name: 'address filter',
    onRequest({ ip }) {
      const family = familyOf(ip);
      if (denied.check(ip, family) || (allow.length > 0 && !allowed.check(ip, family))) {
        throw new HttpError(403, 'This address may not come in', { check: 'address' });
      }
    },
  };
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
