#!/bin/sh
# The contract of the image it stands for: /data belongs to `redis`, the server runs as that user, and a
# server that was told nothing of protected mode listens to the network (that image is built so).
set -eu

case "${1:-redis-server}" in
-* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
    if [ "$(id -u)" = 0 ]; then
        find . \! -user redis -exec chown redis '{}' +
        exec setpriv --reuid redis --regid redis --clear-groups -- "$0" "$@"
    fi
    umask 0077
    case " $* " in
    *" --protected-mode "* | *" --version "* | *" -v "* | *" --help "* | *" -h "* | *" --check-system "* | *" --test-memory "*) ;;
    *) set -- "$@" --protected-mode no ;;
    esac
fi
exec "$@"
