import { z } from 'zod';
import { dnsName, port } from '../spec/field.ts';

/** Texts that end up in a configuration, each held to a form in which it cannot become a directive. */

/** A file or directory on the machine of the proxy. A dollar sign is refused, as nginx would read a variable. */
export const path = z
  .string()
  .max(512)
  .regex(
    /^\/(?=.*[^/])[^\p{Cc}\p{Cs}$]+$/u,
    'Must be an absolute path other than /, without $ and control characters',
  );

/** Name of a host, or of all hosts one or more labels below a domain. */
export const serverName = z
  .string()
  .max(253)
  .refine((name) => dnsName.safeParse(name.replace(/^\*\./, '')).success, {
    error: 'Must be a DNS name in lower case, for example chat.example.com or *.example.com',
  });

/** Host and port of a server. */
export const upstream = z.string().refine(isHostAndPort, {
  error: 'Must be host:port, for example 10.0.0.5:8000, chat.internal:8000 or [fd00::5]:8000',
});

function isHostAndPort(text: string): boolean {
  const [, ipv6, name, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 === undefined ? dnsName.safeParse(name) : z.ipv6().safeParse(ipv6);
  return host.success && port.safeParse(Number(digits)).success;
}

/** Address of this machine, or of all its networks. */
export const address = z.union([z.ipv4(), z.ipv6()], { error: 'Must be an IPv4 or IPv6 address' });

/** Bytes, as nginx writes them. */
export const size = z
  .string()
  .regex(/^[1-9]\d{0,8}[kKmMgG]?$/, 'Must be bytes, or a number with k, m or g, for example 8m');

/** Account of the machine. */
export const account = z
  .string()
  .regex(/^[a-z_][-a-z0-9_]{0,31}$/, 'Must be the name of an account, for example www-data');

/** Several values, none of them twice. */
export function listOf<S extends z.ZodType<string>>(schema: S) {
  return z.array(schema).refine((list) => new Set(list).size === list.length, 'Must not name the same twice');
}
