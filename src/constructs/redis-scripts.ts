import { REDIS_PORT, SENTINEL_PORT, type SentinelSizing } from '../spec/index.ts';
import { TLS_FILES } from './redis-certificate.ts';
import { DATA, PRIMARY, watchConfig } from './redis-config.ts';
import { cliOptions } from './redis-probes.ts';

export interface RedisScriptsProps {
  /** Host names of the pods, by which they call each other: their addresses change. */
  readonly hosts: readonly string[];
  /** What follows the name of a pod in its host name. */
  readonly domain: string;
  readonly passwordFile: string;
  readonly tls: boolean;
  readonly sizing: SentinelSizing;
}

/** Settings of both processes, put together at each start. They hold the password, so that they are in memory alone. */
const RUN = { redis: '/run/redis/redis.conf', sentinel: '/run/redis/sentinel.conf' };
/** Who was the primary last, and since which epoch; without the password, so that the volume keeps it. */
const KNOWN = `${DATA}/sentinel.known`;

/**
 * Waits until a file of the certificate changes. Redis reads it anew then, a Sentinel cannot and is started anew.
 *
 * @param onChange command that has the new one used; it is tried again when it fails
 */
export function watchCertificate(onChange: string): string {
  const sum = `cksum < ${TLS_FILES.certificate}`;
  return `seen="$(${sum})"
while sleep 10; do
  now="$(${sum})"
  [ "$now" = "$seen" ] || { ${onChange} && seen="$now"; }
done`;
}

export const rereadCertificate = (cli: string) =>
  `${cli} CONFIG SET tls-cert-file ${TLS_FILES.certificate} tls-key-file ${TLS_FILES.key} tls-ca-cert-file ${TLS_FILES.authorities} | grep -q OK`;

/** The scripts of a Redis with Sentinels, by file name. They need no more than a POSIX shell and the tools beside it. */
export function redisScripts(props: RedisScriptsProps): Readonly<Record<string, string>> {
  const { tls } = props;
  return {
    'common.sh': common(props),
    'start-redis.sh': startRedis(tls, props.sizing),
    'start-sentinel.sh': startSentinel(tls, props.sizing),
    'remember.sh': REMEMBER,
    'hand-over.sh': handOver(props.sizing),
    'ready.sh': READY,
  };
}

const common = ({
  hosts,
  domain,
  passwordFile,
  tls,
  sizing,
}: RedisScriptsProps) => `# Who this pod is, who the others are, and how they are asked.
ME="$POD_NAME.${domain}"
PEERS="${hosts.join(' ')}"
REDISCLI_AUTH="$(cat ${passwordFile})"
export REDISCLI_AUTH
# As a string of a configuration.
QUOTED="$(printf %s "$REDISCLI_AUTH" | sed 's/["\\\\]/\\\\&/g')"
umask 077

# The processes in this pod, and a Sentinel in another.
ask() { timeout 3 redis-cli${cliOptions(tls)} "$@"; }
ask_sentinel() { ask -p ${SENTINEL_PORT} "$@"; }
ask_sentinel_of() { timeout 3 redis-cli${tls ? ` --tls --cacert ${TLS_FILES.authorities}` : ''} -p ${SENTINEL_PORT} -h "$@"; }

# The line after the one that is named.
field() { sed -n "/^$1\\$/{n;p;q;}"; }

# Tells where the primary is once most Sentinels have answered; where they differ, the newest epoch counts.
primary() {
  answers=0 newest=-1 found=
  for peer in $PEERS; do
    told="$(ask_sentinel_of "$peer" SENTINEL MASTER ${PRIMARY} 2> /dev/null)" || continue
    host="$(printf '%s\\n' "$told" | field ip)"
    epoch="$(printf '%s\\n' "$told" | field config-epoch)"
    [ -n "$host" ] && [ -n "$epoch" ] || continue
    answers=$((answers + 1))
    if [ "$epoch" -gt "$newest" ]; then newest="$epoch" found="$host"; fi
  done
  [ "$answers" -ge ${sizing.quorum} ] && printf '%s\\n' "$found"
}
`;

const startRedis = (tls: boolean, { handOverSeconds }: SentinelSizing) => `set -eu
. /etc/redis/common.sh
until primary="$(primary)"; do sleep 1; done

# A primary that crashed lacks what its log did not have yet. Its replicas have it, if there are any: one takes over.
if [ "$primary" = "$ME" ] && [ -f ${RUN.redis} ]; then
  if ask_sentinel SENTINEL FAILOVER ${PRIMARY} | grep -q OK; then
    left=${handOverSeconds}
    while [ "$left" -gt 0 ] && { [ -z "$primary" ] || [ "$primary" = "$ME" ]; }; do
      sleep 1
      left=$((left - 1))
      primary="$(primary)" || true
    done
  fi
fi

{
  cat /etc/redis/redis.conf
  printf 'requirepass "%s"\\nmasterauth "%s"\\n' "$QUOTED" "$QUOTED"
  printf 'replica-announce-ip %s\\n' "$ME"
  [ "\${primary:-$ME}" = "$ME" ] || printf 'replicaof %s ${REDIS_PORT}\\n' "$primary"
} > ${RUN.redis}
${
  tls
    ? `{
${watchCertificate(rereadCertificate('ask'))}
} &
`
    : ''
}exec redis-server ${RUN.redis}
`;

/**
 * Every Sentinel has the same id and knows the same others at each start, so that a majority is always one of all of them,
 * also when they start with nothing.
 */
const startSentinel = (tls: boolean, sizing: SentinelSizing) => `set -eu
. /etc/redis/common.sh
[ ! -f ${RUN.sentinel} ] || sh /etc/redis/remember.sh
id() { printf %s "$1" | sha1sum | cut -c 1-40; }

primary="$(sed -n 's/^sentinel monitor ${PRIMARY} \\([^ ]*\\) .*/\\1/p' ${KNOWN} 2> /dev/null || true)"
case " $PEERS " in
  *" \${primary:--} "*) ;;
  *) primary="\${PEERS%% *}" ;;
esac

{
  cat /etc/redis/sentinel.conf
  printf 'sentinel myid %s\\nsentinel announce-ip %s\\n' "$(id "$ME")" "$ME"
  printf 'requirepass "%s"\\nsentinel sentinel-pass "%s"\\n' "$QUOTED" "$QUOTED"
  printf 'sentinel monitor ${PRIMARY} %s ${REDIS_PORT} ${sizing.quorum}\\n' "$primary"
  printf 'sentinel auth-pass ${PRIMARY} "%s"\\n' "$QUOTED"
  cat <<'END'
${watchConfig(sizing)}END
  grep -E '^sentinel (config-epoch|leader-epoch|current-epoch) ' ${KNOWN} 2> /dev/null || true
  for peer in $PEERS; do
    [ "$peer" = "$primary" ] || echo "sentinel known-replica ${PRIMARY} $peer ${REDIS_PORT}"
    [ "$peer" = "$ME" ] || echo "sentinel known-sentinel ${PRIMARY} $peer ${SENTINEL_PORT} $(id "$peer")"
  done
} > ${RUN.sentinel}
${
  tls
    ? `{
${watchCertificate('kill "$$"')}
} &
`
    : ''
}exec redis-server ${RUN.sentinel} --sentinel
`;

/** Run by a Sentinel whenever there is another primary. */
const REMEMBER = `#!/bin/sh
grep -E '^sentinel (monitor|config-epoch|leader-epoch|current-epoch) ' ${RUN.sentinel} > ${KNOWN}.new &&
  mv ${KNOWN}.new ${KNOWN}
`;

/** Of the time to hand over: so long it is worth waiting for a replica that is slower than another, or silent. */
const PATIENCE_SECONDS = 3;

/**
 * Run before Redis is told to stop. A primary takes no more writes, waits for its replicas to have them all, and has the
 * Sentinels make one the primary: what was acknowledged is not lost, and clients need not wait until it is missed. One that has
 * them all would not do while others have not: Sentinels choose by what they were told up to ten seconds ago.
 */
const handOver = ({ handOverSeconds }: SentinelSizing) => `. /etc/redis/common.sh
[ "$(ask ROLE | head -n 1)" = master ] || exit 0
ask CLIENT PAUSE ${1_000 * handOverSeconds} WRITE

caught_up() {
  told="$(ask INFO replication | tr -d '\\r')"
  offset="$(printf '%s\\n' "$told" | sed -n 's/^master_repl_offset://p')"
  online="$(printf '%s\\n' "$told" | grep -c '^slave.*,state=online,')"
  equal="$(printf '%s\\n' "$told" | grep -c "^slave.*,state=online,offset=$offset,")"
  [ "$equal" -gt 0 ] && { [ "$equal" -eq "$online" ] || [ "$left" -le ${5 * (handOverSeconds - PATIENCE_SECONDS)} ]; }
}

left=${5 * handOverSeconds}
until caught_up || [ "$left" -le 0 ]; do
  sleep 0.2
  left=$((left - 1))
done
ask_sentinel SENTINEL FAILOVER ${PRIMARY} | grep -q OK || exit 0
until [ "$(ask_sentinel SENTINEL GET-MASTER-ADDR-BY-NAME ${PRIMARY} | head -n 1)" != "$ME" ] || [ "$left" -le 0 ]; do
  sleep 0.2
  left=$((left - 1))
done
`;

/** A replica that does not follow the primary must not be counted on: a rollout and a drain of nodes wait for it. */
const READY = `. /etc/redis/common.sh
set -- $(ask ROLE)
[ "$1" = master ] || [ "$4" = connected ]
`;
