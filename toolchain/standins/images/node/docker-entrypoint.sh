#!/bin/sh
# As the image it stands for: an option or a word that is no program is for node.
set -eu
case "${1:-}" in
-*) exec node "$@" ;;
esac
if ! command -v "$1" >/dev/null 2>&1; then
    exec node "$@"
fi
exec "$@"
