/**
 * Every error a person can meet, in one table: the code never changes its meaning, the remedy says what to do.
 * The reference page is generated from this table.
 */
export const ERRORS = {
  TG1001: { title: 'Unknown field', remedy: 'Remove the field, or correct its spelling' },
  TG1002: { title: 'Missing field', remedy: 'Add the field' },
  TG1003: { title: 'Invalid value', remedy: 'Give a value of the form that is stated' },
  TG1004: { title: 'Not a RealtimeEnvironment', remedy: 'Begin the document with apiVersion and kind' },
  TG1005: { title: 'Not readable as YAML', remedy: 'Correct the syntax at the line that is named' },
  TG1006: { title: 'Not readable', remedy: 'Give the path of a file or directory that can be read' },
  TG1007: { title: 'Environment described twice', remedy: 'Remove one of the documents, or rename it' },
  TG1008: {
    title: 'Two environments, one folder',
    remedy: 'Rename one environment, or write them to different directories',
  },
  TG1009: { title: 'Files extend each other', remedy: 'Remove extends from one of them' },
  TG1010: { title: 'No base', remedy: 'Name a file of one document, which may be a part of an environment' },
  TG1101: { title: 'Not exactly one case chosen', remedy: 'Keep the key of one case and remove the others' },
  TG1102: { title: 'No route', remedy: 'Add route.ingress, route.gateway, or both' },
  TG1103: { title: 'Unknown ingress class', remedy: 'Name the controller in route.ingress.controller' },
  TG1104: { title: 'Bounds out of order', remedy: 'Set autoscaling.min to at most autoscaling.max' },
  TG1105: {
    title: 'In-process broker with several replicas',
    remedy: 'Choose redis.standalone, redis.sentinel or redis.external, or set autoscaling.max to 1',
  },
  TG1106: {
    title: 'Proxy would cut idle sockets',
    remedy: 'Raise route.idleTimeoutSeconds, or lower server.settings.ping.intervalSeconds',
  },
  TG1107: {
    title: 'Grace shorter than the drain',
    remedy: 'Raise drain.graceSeconds, or remove it to have it derived',
  },
  TG1108: {
    title: 'Any origin with credentials',
    remedy: 'List the origins in server.settings.cors.origins, or set credentials to false',
  },
  TG1109: {
    title: 'Secret in clear',
    remedy: 'Put the value into a Secret and reference it under server.secretEnv',
  },
  TG1110: { title: 'Reserved name', remedy: 'Use server.settings for settings of the bundled server' },
  TG1111: {
    title: 'Generated password for an external store',
    remedy: 'Tell under secrets.<store> where its password is: existing, copy or externalSecret',
  },
  TG1112: {
    title: 'Too few database connections',
    remedy: 'Raise postgres.external.maxConnections, or lower autoscaling.max',
  },
  TG1113: {
    title: 'Replica refuses sockets it is to hold',
    remedy: 'Raise server.settings.limits.connections, or lower autoscaling.connectionsPerReplica',
  },
  TG1114: {
    title: 'Request over the limit',
    remedy: 'Lower the request under resources.requests, or raise the limit under resources.limits',
  },
  TG1115: {
    title: 'Cookie from any origin',
    remedy: 'List the origins in server.settings.cors.origins, or remove server.settings.auth.cookie',
  },
  TG1116: {
    title: 'Volume too small for Redis',
    remedy: 'Set storage to at least twice resources.limits.memory',
  },
  TG1120: {
    title: 'HSTS without TLS',
    remedy: 'Give route.ingress.tls a Secret, or set server.settings.http.hstsSeconds to 0',
  },
  TG1121: {
    title: 'Cookie in clear',
    remedy: 'Give route.ingress.tls a Secret, or remove server.settings.auth.cookie',
  },
  TG1122: {
    title: 'Cookies for a page in clear',
    remedy: 'Write the origin with https, or allow no cookies',
  },
  TG1123: {
    title: 'Cookies for a whole top-level domain',
    remedy: 'Name your own domain in server.settings.cors.origins',
  },
  TG1124: {
    title: 'Cookies without security headers',
    remedy: 'Set server.settings.http.securityHeaders to true, or allow no cookies',
  },
  TG1125: { title: 'Own host refused', remedy: 'Add host to server.settings.http.allowedHosts' },
  TG1126: {
    title: 'Addresses that clients make up',
    remedy:
      'Name the networks of your proxies in route.trustedProxies, or use neither limits nor lists of addresses',
  },
  TG1127: {
    title: 'One address for all clients',
    remedy:
      'Name the networks of your proxies in route.trustedProxies, or use neither limits nor lists of addresses',
  },
  TG1128: {
    title: 'Snippet in an annotation',
    remedy: 'Remove the annotation, or have the operator of the controller configure what it does',
  },
  TG1129: {
    title: 'Idle timeout set twice',
    remedy: 'Remove the annotation and set route.idleTimeoutSeconds',
  },
  TG1130: {
    title: 'Allowed and denied',
    remedy: 'Remove the range from server.settings.addresses.allow or from deny',
  },
  TG1131: {
    title: 'Drain without an end',
    remedy: 'Raise drain.reconnectsPerSecond, or lower autoscaling.max or connectionsPerReplica',
  },
  TG1132: {
    title: 'Drain longer than the load balancer waits',
    remedy: 'Raise drain.reconnectsPerSecond, or lower autoscaling.max or connectionsPerReplica',
  },
  TG1133: {
    title: 'Memory too small for the sockets',
    remedy: 'Raise server.resources.limits.memory, or lower autoscaling.connectionsPerReplica',
  },
  TG1134: {
    title: 'Queues larger than the memory',
    remedy: 'Lower server.settings.limits.queueBytes, or raise server.resources.limits.memory',
  },
  TG1135: {
    title: 'Message larger than the queue',
    remedy: 'Raise server.settings.limits.queueBytes, or lower messageBytes',
  },
  TG1136: {
    title: 'Bodies larger than the memory',
    remedy: 'Lower server.settings.http.bodyBytes, or raise server.resources.limits.memory',
  },
  TG1137: {
    title: 'Cache larger than the memory',
    remedy: 'Lower server.settings.http.cacheBytes, or raise server.resources.limits.memory',
  },
  TG1138: {
    title: 'Autoscaler out of reach',
    remedy:
      'Lower server.resources.requests.cpu or autoscaling.cpuPercent, so that both give one processor at the most',
  },
  TG1139: {
    title: 'Memory too small for Postgres',
    remedy: 'Raise postgres.standalone.resources.limits.memory, or lower autoscaling.max',
  },
  TG1140: {
    title: 'Strangers without a limit',
    remedy: 'Set server.settings.limits.messagesPerSecond, or let users publish only',
  },
  TG1141: { title: 'Recovery without history', remedy: 'Set historySize, or remove forceRecovery' },
  TG1142: {
    title: 'History wider than the channel',
    remedy: 'Set allowHistory to subscriber, or widen allowSubscribe',
  },
  TG1143: {
    title: 'Presence wider than the channel',
    remedy: 'Set allowPresence to subscriber, or widen allowSubscribe',
  },
  TG1144: {
    title: 'Tokens for other applications',
    remedy: 'List the audiences that tokens are for in server.settings.auth.audience',
  },
  TG1145: {
    title: 'One key for two purposes',
    remedy: 'Give each credential under secrets a key of its own',
  },
  TG1146: {
    title: 'Weak keys allowed for a key of your own',
    remedy: 'Set server.settings.app.environment to production, or have the key generated',
  },
  TG1147: {
    title: 'Directory that must not be served',
    remedy: 'Name a directory that holds nothing but the files to serve',
  },
  TG1148: {
    title: 'Reserved name of a secret',
    remedy: 'Rename the variable, or name the Secret under secrets',
  },
  TG1149: {
    title: 'Variable given twice',
    remedy: 'Remove the variable from config or from server.secretEnv',
  },
  TG1150: { title: 'Variable that undoes protection', remedy: 'Remove the variable from config' },
  TG1151: { title: 'Debugger in an environment', remedy: 'Remove --inspect from NODE_OPTIONS' },
  TG1152: {
    title: 'Two stores at one address',
    remedy: 'Correct the host or the port of redis.external or postgres.external',
  },
  TG1153: { title: 'Store at the host of the clients', remedy: 'Name the host of the store itself' },
  TG1160: {
    title: 'Nothing is read',
    remedy: 'Add observability.monitor, or remove observability.alerts and observability.dashboard',
  },
  TG1161: { title: 'Reserved label', remedy: 'Choose another key for the label' },
  TG1170: {
    title: 'Preview that keeps its volumes',
    remedy: 'Set retention to Delete, or remove lifecycle.ttl',
  },
  TG1180: {
    title: 'Stickiness out of reach',
    remedy: 'Set route.sticky to false, choose another controller, or name route.gateway.implementation',
  },
  TG1181: {
    title: 'Policy without its Gateway',
    remedy:
      'Remove route.gateway.clientTrafficPolicy, or put the Gateway into the namespace of the environment',
  },
  TG1182: {
    title: 'Target over the capacity',
    remedy: 'Lower autoscaling.connectionsTarget, or raise autoscaling.connectionsPerReplica',
  },
  TG1183: {
    title: 'No source of the metric',
    remedy: 'Give autoscaling.keda.prometheus, or remove autoscaling.connectionsTarget',
  },
  TG1184: { title: 'Reserved name', remedy: 'Choose a name that the bundled server does not use' },
  TG1185: { title: 'Name given twice', remedy: 'Give each volume and each sidecar a name of its own' },
  TG1186: { title: 'No such volume', remedy: 'Add the volume under server.volumes, or correct its name' },
  TG1187: {
    title: 'Privileged sidecar',
    remedy: 'Remove what the restricted Pod Security Standard forbids from its securityContext',
  },
  TG1188: {
    title: 'Path taken',
    remedy: 'Mount the volume at another path, outside /etc/tidegate and /tmp',
  },
  TG1189: {
    title: 'Workers without a queue',
    remedy: 'Choose redis.standalone, redis.sentinel or redis.external, or remove tasks',
  },
  TG1480: {
    title: 'Written before, and not to be read',
    remedy: 'Name the image under spec.server.image, or delete the file so that it is written anew',
  },
  TG1481: {
    title: 'Field of a newer version',
    remedy: 'Upgrade the operator to the version of the custom resources, or remove the fields',
  },
  TG1482: {
    title: 'Output where a plain value is needed',
    remedy:
      "Give a plain value, for example from the stack's configuration; tidegate explain FIELD tells which fields may be outputs",
  },
  TG1483: {
    title: 'Output that changes more than itself',
    remedy: 'Give that value plainly, for example from the configuration of the stack',
  },
  TG1490: {
    title: 'Overlap shorter than what a Secret takes to every pod',
    remedy: 'Raise overlap, or remove it to have the default',
  },
  TG1491: { title: 'Rotations run into each other', remedy: 'Raise every, or lower overlap' },
  TG1492: {
    title: 'Rotation that Redis does not follow',
    remedy: 'Remove rotate, or choose redis.standalone',
  },
  TG1493: {
    title: 'Credential that does not rotate',
    remedy: 'Add it to the spec, and apply that',
  },
  TG1510: {
    title: 'Load that is shared with nobody',
    remedy: 'Set route.sticky, or drain.rebalance, to false',
  },
  TG1520: {
    title: 'API server asks no other servers',
    remedy:
      'Start kube-apiserver with the flags of the aggregation layer, --requestheader-client-ca-file among them',
  },
  TG1420: {
    title: 'No such extension',
    remedy: 'Give the path of an ES module in TypeScript or JavaScript that can be read',
  },
  TG1421: {
    title: 'Not an extension',
    remedy: 'Export defineExtension({ … }) by default, with the fields that docs/constructs.md tells of',
  },
  TG1422: { title: 'Extension fails', remedy: 'Mend the extension at the place that is named' },
  TG1423: {
    title: 'Several extensions',
    remedy: 'Keep one tidegate.config file for these environments, or give --config',
  },
  TG1424: {
    title: 'Kind not declared',
    remedy: 'Add the kind to the kinds of the extension, so that the operator may write it',
  },
  TG1425: {
    title: 'Secret in the tree',
    remedy: 'Refer to a Secret that is created elsewhere, or name its source under secrets',
  },
  TG1426: {
    title: 'Object of another namespace',
    remedy: 'Leave the namespace out: objects live in that of their environment',
  },
  TG1427: { title: 'Object rendered twice', remedy: 'Give one of the objects another name' },
  TG1428: { title: 'Construct refused', remedy: 'Correct what the construct is given' },
  TG1440: {
    title: 'Even number of Sentinels',
    remedy: 'Set redis.sentinel.replicas to an odd number, such as 3',
  },
  TG1441: {
    title: 'Redis given in no way, or in several',
    remedy: 'Keep one of host, sentinel and cluster under redis.external',
  },
  TG1442: {
    title: 'Authorities without TLS',
    remedy: 'Set redis.external.tls to true, or remove tlsCa',
  },
  TG1460: {
    title: 'Too little memory for the connections of Postgres',
    remedy:
      'Raise postgres.cloudNativePG.resources.limits.memory, lower autoscaling.max, or add postgres.cloudNativePG.pooler',
  },
  TG1461: {
    title: 'Not a login as CloudNativePG reads it',
    remedy:
      'Name a Secret with the keys username, which is tidegate, and password, and the key password of it',
  },
  TG1462: {
    title: 'Source that holds no login of CloudNativePG',
    remedy:
      'Have the password generated without rotation, or name the Secret of a login under secrets.postgres.existing',
  },
  TG1463: {
    title: 'Object store does not answer, or refuses',
    remedy: 'Check endpoint, bucket, region and access key, and that the network lets pods reach the store',
  },
  TG1464: { title: 'No such dump', remedy: 'Give a name that tidegate backup list shows' },
  TG1465: {
    title: 'Dump is damaged',
    remedy: 'Restore an older dump with --dump, and find out what changed this one in the bucket',
  },
  TG1466: {
    title: 'No access key',
    remedy: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those of the object store',
  },
  TG1467: { title: 'No backups', remedy: 'Set postgres.standalone.backup' },
  TG1468: {
    title: 'Volume would shrink',
    remedy: 'Ask for at least as much as it has; to have less, restore a backup into a new volume',
  },
  TG1469: {
    title: 'Data of another major version',
    remedy: 'Follow docs/runbooks/upgrade-postgres.md, or go back to the image of before',
  },
  TG1470: {
    title: 'Migration failed',
    remedy: 'Correct the program and name its new image; or, to try once more, delete the Job',
  },
  TG2001: { title: 'Setting refused', remedy: 'Correct the setting at the source that is named' },
  TG2002: { title: 'Setting missing', remedy: 'Give the setting by file or environment variable' },
  TG2003: { title: 'Address in use', remedy: 'Stop the other process, or choose another port' },
  TG2004: {
    title: 'Directory not writable',
    remedy: 'Choose another directory, or change its owner or mode',
  },
  TG2005: { title: 'Start hook failed', remedy: 'Mend what the hook starts, or give it a longer deadline' },
  TG2006: { title: 'Setting given twice', remedy: 'Give the URL, or its parts, and not both' },
  TG2007: { title: 'Weak key', remedy: 'Make one with openssl rand -hex 32' },
  TG2008: { title: 'Log not writable', remedy: 'Choose another path, or change its owner or mode' },
  TG2009: {
    title: 'Redis given in several ways',
    remedy: 'Keep one of redis.host, redis.sentinels and redis.cluster',
  },
  TG2010: {
    title: 'Packages missing',
    remedy: 'Install them beside tidegate by the command that is named, or run the image, which has them',
  },
  TG2101: {
    title: 'No such application',
    remedy: 'Give the path of an ES module in TypeScript or JavaScript',
  },
  TG2102: {
    title: 'Not an application',
    remedy: 'Export a function that takes the application by default, and bundled, if at all, as a boolean',
  },
  TG2103: { title: 'Application fails', remedy: 'Mend the module at the place that is named' },
  TG2201: {
    title: 'Several workers without shared stores',
    remedy: 'Give redis.host and postgres.host, or run one process',
  },
  TG2202: { title: 'No supervisor', remedy: 'Name the port of a server with several workers' },
  TG2203: { title: 'Reload in production', remedy: 'Leave --reload away, or unset NODE_ENV to develop' },
  TG2301: { title: 'Task refused', remedy: 'Correct the definition of the task' },
  TG2302: { title: 'Input of a task refused', remedy: 'Give what the schema of the task asks for' },
  TG2303: { title: 'Tasks out of reach', remedy: 'Try again; with the same id nothing is added twice' },
  TG2304: { title: 'No such dead letter', remedy: 'Give an id that tidegate tasks dead lists' },
  TG2305: { title: 'No such task', remedy: 'Give a name that tidegate tasks counts lists' },
  TG3001: { title: 'Owned by another front door', remedy: 'Deliver it from one front door only' },
  TG3002: { title: 'No cluster', remedy: 'Check the kubeconfig, its context and the connection' },
  TG3003: { title: 'Refused by the API server', remedy: 'Do what its message asks for, then try again' },
  TG3004: { title: 'Secret missing', remedy: 'Create the Secret with that key, then try again' },
  TG5001: {
    title: 'Kind not served',
    remedy: 'Install the CustomResourceDefinitions of the kind, or remove from the spec what needs it',
  },
  TG5002: { title: 'Namespace missing', remedy: 'Create it with kubectl create namespace, then try again' },
  TG5003: {
    title: 'No such environment',
    remedy: 'Give the name of an environment in --environments, or the path of its file',
  },
  TG5004: { title: 'No version to promote', remedy: 'Give spec.server.image a tag or a digest' },
  TG5005: {
    title: 'Different images',
    remedy: 'Let spec.server.image of both environments name the same image, of whatever registry',
  },
  TG5006: { title: 'Not committed', remedy: 'Do what git asks for, or promote without --commit' },
  TG5007: {
    title: 'Not in the repository',
    remedy: 'Give --repository-path, the directory within the repository',
  },
  TG5008: { title: 'Folder taken', remedy: 'Rename the environment, or write to another directory' },
  TG6001: { title: 'No such field', remedy: 'Give a path that tidegate explain --recursive lists' },
  TG6002: { title: 'File is there already', remedy: 'Choose another file, or give --force to write over it' },
  TG6003: {
    title: 'File not writable',
    remedy: 'Choose another file, or change the owner or mode of its directory',
  },
  TG6004: {
    title: 'Connection ended',
    remedy: 'Look up the code or the status in docs/server.md, and the log of the server',
  },
  TG6005: {
    title: 'No such environment',
    remedy: 'Give a name that tidegate status lists, and its namespace with -n',
  },
  TG6006: { title: 'Not confirmed', remedy: 'Type the name at a terminal, or give --yes' },
  TG6007: { title: 'Several environments', remedy: 'Name one of them with --environment' },
  TG6008: {
    title: 'Not done in time',
    remedy: 'See to what is named, or give a longer --timeout; what was begun goes on by itself',
  },
  TG6009: {
    title: 'Still being deleted',
    remedy: 'Try again when it is gone; tidegate delete waits for that',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Code of a rule that is not Tidegate's own; no code of the table is one. */
export type ExtraCode = string & { readonly extra: true };

/** One thing that is wrong: what, where, why, and what to do about it. */
export interface Problem {
  readonly code: ErrorCode | ExtraCode;
  /** Dotted path of the field, for example `spec.autoscaling.min`; empty for the whole document. */
  readonly path: string;
  readonly reason: string;
  readonly remedy: string;
}

/** `TG1104 spec.autoscaling.min: 5 is more than max, which is 3. Set … ` */
export function describeProblem(problem: Problem): string {
  const where = problem.path === '' ? '' : ` ${problem.path}`;
  return `${problem.code}${where}: ${problem.reason}. ${problem.remedy}.`;
}

/** Ends a command with a clear sentence a problem and no stack trace. */
export class TidegateError extends Error {
  override readonly name: string = 'TidegateError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.problems = problems;
  }

  /** An error of one problem whose remedy is the table's. */
  static of(
    code: ErrorCode,
    path: string,
    reason: string,
    remedy: string = ERRORS[code].remedy,
  ): TidegateError {
    return new TidegateError([{ code, path, reason, remedy }]);
  }
}

/** What `parse` throws: the environment spec breaks the schema or a rule. */
export class SpecError extends TidegateError {
  override readonly name = 'SpecError';
}
