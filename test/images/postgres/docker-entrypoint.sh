#!/bin/bash
# Creates the database of an empty PGDATA from POSTGRES_* and the files of /docker-entrypoint-initdb.d, then runs it.
set -Eeuo pipefail

# NAME comes from its variable or, for secrets, from the file that NAME_FILE names.
from_file() {
  local name=$1 default=${2:-} file_name=${1}_FILE
  if [[ ${!name:-} && ${!file_name:-} ]]; then
    echo >&2 "$name and $file_name are both set; only one may be"
    exit 1
  fi
  local value=${!name:-$default}
  if [[ ${!file_name:-} ]]; then value=$(< "${!file_name}"); fi
  export "$name"="$value"
  unset "$file_name"
}

# As root: hands the directories over and leaves root.
become_postgres() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
}

require_password() {
  [[ $POSTGRES_PASSWORD || ${POSTGRES_HOST_AUTH_METHOD:-} = trust ]] && return
  echo >&2 'A new database needs a password: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE'
  exit 1
}

# The local socket and loopback are trusted, other hosts need the password.
create_database_files() {
  eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"${POSTGRES_INITDB_ARGS:-}"
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

run_sql() {
  psql --variable=ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" "$@"
}

run_init_file() {
  case "$1" in
    *.sh) if [[ -x $1 ]]; then "$1"; else . "$1"; fi ;;
    *.sql) run_sql --dbname "$POSTGRES_DB" --file "$1" ;;
    *.sql.gz) gunzip --stdout "$1" | run_sql --dbname "$POSTGRES_DB" ;;
    *) echo "ignoring $1" ;;
  esac
}

# A server on the socket alone, so that nobody meets a database that is half made.
initialise() {
  require_password
  create_database_files
  PGUSER=$POSTGRES_USER pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses='' -p 5432" --wait start
  if [[ $POSTGRES_DB != postgres ]]; then
    run_sql --dbname postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    if [[ -e $file ]]; then run_init_file "$file"; fi
  done
  PGUSER=$POSTGRES_USER pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
}

if [[ ${1:-} = -* ]]; then set -- postgres "$@"; fi
if [[ ${1:-} = postgres ]]; then
  if [[ $(id -u) = 0 ]]; then become_postgres "$@"; fi
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  if [[ ! -s $PGDATA/PG_VERSION ]]; then initialise; fi
  unset POSTGRES_PASSWORD
fi
exec "$@"
