#!/bin/sh
# Greets whoever is named, or everybody.
set -eu
echo "Hello, ${1:-everybody}"
