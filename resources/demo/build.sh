#!/bin/sh
# Checks the syntax of every script and lists the services in dist/services.txt.
set -eu
cd "$(dirname "$0")"
for script in ./*.sh services/*.sh; do
    sh -n "$script"
done
mkdir -p dist
sh services/registry.sh list >dist/services.txt
echo "built $(wc -l <dist/services.txt) services"
