#!/bin/bash
# The contract of the image it stands for: on an empty data folder POSTGRES_USER, POSTGRES_DB and
# POSTGRES_PASSWORD make a cluster, later they count for nothing; the socket is trusted, the network has to
# give the password; the server runs as `postgres` and gets all arguments.
set -euo pipefail

fail() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

# NAME_FILE names a file that holds the value
from_file() {
    local name=$1 file="${1}_FILE"
    [ -z "${!file:-}" ] && return
    [ -n "${!name:-}" ] && fail "both $name and $file are set, which exclude each other"
    export "$name=$(<"${!file}")"
    unset "$file"
}

make_cluster() {
    local method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
        fail "the data folder is empty and POSTGRES_PASSWORD is not set: the superuser needs a password"
    fi
    local arguments=(--pgdata "$PGDATA" --username "$POSTGRES_USER" --encoding UTF8
        --set unix_socket_directories=/var/run/postgresql --set listen_addresses='*')
    [ -z "${POSTGRES_PASSWORD:-}" ] || arguments+=(--pwfile=/dev/fd/3)
    eval "initdb \"\${arguments[@]}\" ${POSTGRES_INITDB_ARGS:-}" 3< <(printf '%s\n' "${POSTGRES_PASSWORD:-}")
    printf 'host all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

    # on the socket alone, so that nobody meets a server that is not finished
    pg_ctl --pgdata "$PGDATA" --wait --silent --options "-c listen_addresses=''" start
    if [ "$POSTGRES_DB" != postgres ]; then
        psql -Xq --username "$POSTGRES_USER" --dbname postgres --set "name=$POSTGRES_DB" \
            <<<'CREATE DATABASE :"name";'
    fi
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
        *.sh) . "$file" ;;
        *.sql) psql -Xq --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --file "$file" ;;
        esac
    done
    pg_ctl --pgdata "$PGDATA" --wait --silent --mode fast stop
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

case "${1:-}" in
-*) set -- postgres "$@" ;;
esac
if [ "${1:-}" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir --parents "$PGDATA" /var/run/postgresql
        find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
        chmod 00700 "$PGDATA"
        chown postgres /var/run/postgresql
        exec setpriv --reuid postgres --regid postgres --init-groups -- "$BASH" "$0" "$@"
    fi
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER
    from_file POSTGRES_DB
    export POSTGRES_USER="${POSTGRES_USER:-postgres}"
    export POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
    if [ -s "$PGDATA/PG_VERSION" ]; then
        printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
    else
        make_cluster
    fi
fi
exec "$@"
