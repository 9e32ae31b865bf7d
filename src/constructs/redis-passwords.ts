import type { PasswordFiles } from './password-files.ts';

/** Seconds between two looks at the passwords; a kubelet takes far longer to bring them. */
const LOOK_EVERY_SECONDS = 2;

/** Turns passwords, a line each, into what the default user is to accept. Of their hashes, since none needs quoting. */
const HASHES = `hashes() {
  printf resetpass
  while IFS= read -r one || [ -n "$one" ]; do
    [ -z "$one" ] || printf ' #%s' "$(printf %s "$one" | sha256sum | cut -c 1-64)"
  done
}
`;

/** Lets Redis begin with every password that is accepted, and keeps those it began with for `followPasswords`. */
export function beginWithPasswords({ accepted }: PasswordFiles, authFile: string): string {
  return `${HASHES}umask 077
seen="$(cat ${accepted.path})"
printf 'user default on ~* &* +@all %s\\n' "$(printf '%s\\n' "$seen" | hashes)" > ${authFile}
`;
}

/**
 * Lets Redis accept the passwords that the file holds now. It is asked by one that it accepts already, or, where a person was
 * quicker, by one of those in the file; that it refused shows in the output of redis-cli alone. Who is connected stays so. A
 * password that nobody rotates is followed by its changes alone, so that the one before it is accepted until the next change.
 */
export function followPasswords({ accepted, complete }: PasswordFiles, cli: string): string {
  const wanted = complete ? '"$now"' : '"$now" "$seen"';
  return `while sleep ${LOOK_EVERY_SECONDS}; do
  now="$(cat ${accepted.path})"
  [ "$now" != "$seen" ] || continue
  wanted="$(printf '%s\\n' ${wanted} | hashes)"
  answer="$(printf '%s\\n' "$seen" "$now" | while IFS= read -r one; do
    REDISCLI_AUTH="$one" ${cli} ACL SETUSER default $wanted < /dev/null 2> /dev/null | grep OK && break
  done)"
  [ -z "$answer" ] || seen="$now"
done`;
}
