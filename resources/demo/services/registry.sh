#!/bin/sh
# registry.sh list | resolve NAME: tells which services there are and which script is one.
set -eu
root=$(dirname "$0")/..

case "${1:-}" in
    list)
        grep -v '^#' "$root/config/services.conf" | cut -d ' ' -f 1
        ;;
    resolve)
        line=$(grep "^${2:?which service?} " "$root/config/services.conf") || {
            echo "registry: there is no service named $2" >&2
            exit 1
        }
        echo "$root/${line#* }"
        ;;
    *)
        echo "usage: registry.sh list | resolve NAME" >&2
        exit 64
        ;;
esac
