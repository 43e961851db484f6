#!/bin/sh
# The contract of the image it stands for: a word that is no `minio` is an argument of it.
set -eu
[ "${1:-}" = minio ] || set -- minio "$@"
exec "$@"
