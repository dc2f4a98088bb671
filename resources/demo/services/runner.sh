#!/bin/sh
# Reads a request {"file":"NAME"} from standard input and answers {"status":"ok"}.
set -eu
request=$(cat)
file=${request#*\"file\":\"}
if [ "$file" = "$request" ]; then
    echo '{"status":"invalid","message":"the request names no file"}'
    exit 1
fi
echo "runner: processing ${file%%\"*}" >&2
echo '{"status":"ok"}'
