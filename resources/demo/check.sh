#!/bin/sh
# Fails when a limit would make calls hang or give up at once.
set -eu
cd "$(dirname "$0")"

limit() {
    line=$(grep "^$1=" config/limits.conf) || {
        echo "config/limits.conf: $1 is missing" >&2
        exit 1
    }
    echo "${line#*=}"
}

for name in timeout_resolve timeout_call; do
    value=$(limit "$name")
    if [ "$value" -lt 1 ] || [ "$value" -gt 120 ]; then
        echo "config/limits.conf: $name=$value, expected 1 to 120 seconds" >&2
        exit 1
    fi
done
retries=$(limit retries)
if [ "$retries" -lt 1 ]; then
    echo "config/limits.conf: retries=$retries, expected at least 1" >&2
    exit 1
fi
echo "limits are sane"
