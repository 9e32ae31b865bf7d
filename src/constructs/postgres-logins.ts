import type { k8s } from 'cdk8s-plus-34';
import { POSTGRES_LOGINS, POSTGRES_OWNER } from '../spec/index.ts';
import type { PasswordFiles } from './password-files.ts';
import { containerSecurity } from './pod-security.ts';
import { resourceRequirements } from './resources.ts';

const LOOK_EVERY_SECONDS = 2;

/** Little more than a shell that sleeps. */
const RESOURCES = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } };

/** A container beside Postgres that gives its roles the passwords of the Secret, over the socket that the image trusts. */
export function loginsContainer(
  image: string,
  files: PasswordFiles,
  database: string,
  socket: k8s.VolumeMount,
): k8s.Container {
  return {
    name: 'logins',
    image,
    restartPolicy: 'Always',
    command: ['sh', '-c'],
    args: [followLogins(files, database)],
    resources: resourceRequirements(RESOURCES),
    securityContext: containerSecurity,
    volumeMounts: [socket, files.password.mount],
  };
}

/**
 * The owner of the database has the password that is used. The roles that take turns have those of their lines, act as the
 * owner, so that all that they create is the owner's, and cannot log in while they have no line. Passwords are in no argument,
 * and in no log should a statement fail; who is connected stays so.
 */
function followLogins({ password, accepted, complete }: PasswordFiles, database: string): string {
  const lines = complete ? `cat ${accepted.path}` : ':';
  return `ask() {
  PGOPTIONS="-c log_statement=none -c log_min_error_statement=panic" psql -qX -v ON_ERROR_STOP=1 \\
    -v owner=${POSTGRES_OWNER} -v role="$1" -U ${POSTGRES_OWNER} -d ${database}
}
accept() {
  PASSWORD="$2" ask "$1" << 'END'
\\set password \`printf %s "$PASSWORD"\`
SELECT format('CREATE ROLE %I', :'role') WHERE to_regrole(:'role') IS NULL \\gexec
SELECT format('GRANT %I TO %I', :'owner', :'role') WHERE :'role' <> :'owner' \\gexec
SELECT format('ALTER ROLE %I SET role TO %I', :'role', :'owner') WHERE :'role' <> :'owner' \\gexec
ALTER ROLE :"role" LOGIN PASSWORD :'password';
END
}
withdraw() {
  ask "$1" << 'END'
SELECT format('ALTER ROLE %I PASSWORD NULL', :'role') WHERE to_regrole(:'role') IS NOT NULL \\gexec
END
}
follow() {
  accept ${POSTGRES_OWNER} "$(cat ${password.path})" || return 1
  for role in ${POSTGRES_LOGINS.join(' ')}; do
    line="$(${lines} | grep "^$role:")"
    if [ -n "$line" ]; then accept "$role" "\${line#*:}"; else withdraw "$role"; fi || return 1
  done
}
seen=
while :; do
  now="$(cat ${password.path}; ${lines})"
  [ "$now" = "$seen" ] || { follow && seen="$now"; }
  sleep ${LOOK_EVERY_SECONDS}
done`;
}
