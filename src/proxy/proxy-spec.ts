import { z } from 'zod';
import { type Problem, TidegateError } from '../spec/errors.ts';
import { port } from '../spec/field.ts';
import { account, address, listOf, path, serverName, size, upstream } from './field.ts';
import { nginxVersion } from './nginx/version.ts';

/**
 * What a proxy in front of Tidegate servers is to do: the options of `tidegate proxy-config nginx`, each defined here and
 * nowhere else.
 */

declare module 'zod' {
  interface GlobalMeta {
    /** How the command line calls an option, for example `--server-name <name...>`. */
    flag?: string;
  }
}

const fields = z.strictObject({
  serverNames: listOf(serverName).max(64).default([]).meta({
    flag: '--server-name <name...>',
    description: 'host name that clients use; without one any name is answered, otherwise others are cut off',
  }),
  upstreams: listOf(upstream).min(1).max(64).default(['127.0.0.1:8000']).meta({
    flag: '--upstream <host:port...>',
    description: 'server behind the proxy; several share the load and need a common Redis',
  }),
  certificate: path.optional().meta({
    flag: '--certificate <file>',
    description: 'certificate chain as PEM; turns TLS on and redirects HTTP to it',
  }),
  certificateKey: path
    .optional()
    .meta({ flag: '--certificate-key <file>', description: 'private key of the certificate as PEM' }),
  static: path.optional().meta({
    flag: '--static <directory>',
    description: 'files to serve under /static/; their names must change with their content',
  }),
  ratePerSecond: z.int().min(0).max(1_000_000).default(50).meta({
    flag: '--rate <number>',
    description: 'requests and handshakes a second from one address, others get 429; 0 for no limit',
  }),
  burst: z.int().min(0).max(1_000_000).optional().meta({
    flag: '--burst <number>',
    description: 'requests above the rate that one address may make at once (default: twice the rate)',
  }),
  connectionsPerAddress: z.int().min(0).max(65_535).default(100).meta({
    flag: '--connections <number>',
    description: 'sockets and running requests of one address, others get 429; 0 for no limit',
  }),
  clientMaxBody: size
    .default('1m')
    .meta({ flag: '--client-max-body <size>', description: 'largest body of a request, others get 413' }),
  exposeMetrics: z.boolean().default(false).meta({
    flag: '--expose-metrics',
    description: 'let the outside see /metrics and /readyz; they are 404 otherwise',
  }),
  addresses: listOf(address)
    .min(1)
    .max(16)
    .default(['0.0.0.0', '::'])
    .meta({ flag: '--address <address...>', description: 'address to listen on' }),
  httpPort: port.default(80).meta({ flag: '--http-port <number>', description: 'port for HTTP' }),
  httpsPort: port.default(443).meta({ flag: '--https-port <number>', description: 'port for HTTPS' }),
  logDirectory: path.default('/var/log/nginx').meta({
    flag: '--log-directory <directory>',
    description: 'where access.log and error.log are written',
  }),
  user: account.optional().meta({
    flag: '--user <name>',
    description: 'account of the worker processes (default: the one nginx was built with)',
  }),
  nginxVersion: nginxVersion.optional().meta({
    flag: '--nginx-version <version>',
    description: 'version of the nginx that is to run it, for example 1.22.1 (default: the newest)',
  }),
});

/** What a proxy is to do, checked. */
export type ProxySpec = z.output<typeof fields>;
export type ProxySpecInput = z.input<typeof fields>;

/** One option: its name in `ProxySpec`, its flag, what it means, and the schema of its value. */
export interface ProxyOption {
  readonly name: keyof ProxySpec;
  readonly flag: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

/** Every option, in the order of the schema. */
export const PROXY_OPTIONS: readonly ProxyOption[] = Object.entries(fields.shape).map(([name, schema]) => {
  const { flag = '', description = '' } = (schema as z.ZodType).meta() ?? {};
  return { name: name as keyof ProxySpec, flag, description, schema };
});

const flagOf = (name: unknown) =>
  PROXY_OPTIONS.find((option) => option.name === name)?.flag.split(' ')[0] ?? String(name);

/**
 * Checks what a proxy is to do, and adds the defaults.
 *
 * @throws TidegateError TG1001, TG1002, TG1003; the path is the flag of the option
 */
export function parseProxySpec(input: unknown): ProxySpec {
  const result = fields.safeParse(input);
  if (!result.success) throw new TidegateError(result.error.issues.flatMap(problemsOf));
  const problems = RULES.flatMap((rule) => rule(result.data));
  if (problems.length > 0) throw new TidegateError(problems);
  return result.data;
}

/** What must fit together. */
const RULES: readonly ((proxy: ProxySpec) => readonly Problem[])[] = [
  ({ certificate, certificateKey }) => {
    if ((certificate === undefined) === (certificateKey === undefined)) return [];
    const [missing, given] =
      certificate === undefined ? ['certificate', 'certificateKey'] : ['certificateKey', 'certificate'];
    const remedy = `Add ${flagOf(missing)}, or leave both out for plain HTTP`;
    return [
      { code: 'TG1002', path: flagOf(missing), reason: `TLS needs it beside ${flagOf(given)}`, remedy },
    ];
  },
  ({ certificate, httpPort, httpsPort }) => {
    if (certificate === undefined || httpPort !== httpsPort) return [];
    const [path, reason] = [flagOf('httpsPort'), `${httpPort} is the port for HTTP already`];
    return [{ code: 'TG1003', path, reason, remedy: 'Choose two different ports' }];
  },
];

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.flatMap((key) => TidegateError.of('TG1001', key, 'There is no such option').problems);
  }
  const [name] = issue.path;
  return TidegateError.of('TG1003', flagOf(name), issue.message.replace(/\.$/, '')).problems;
}
