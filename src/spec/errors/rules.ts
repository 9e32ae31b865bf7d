/** Rules that a spec can break. */
export const RULE_ERRORS = {
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
  TG1490: {
    title: 'Overlap shorter than what a Secret takes to every pod',
    remedy: 'Raise overlap, or remove it to have the default',
  },
  TG1491: { title: 'Rotations run into each other', remedy: 'Raise every, or lower overlap' },
  TG1492: {
    title: 'Rotation that Redis does not follow',
    remedy: 'Remove rotate, or choose redis.standalone',
  },
  TG1510: {
    title: 'Load that is shared with nobody',
    remedy: 'Set route.sticky, or drain.rebalance, to false',
  },
} as const;
