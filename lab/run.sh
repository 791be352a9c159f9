#!/bin/sh
# Runs the kernel lab. With root it installs what is missing from Debian's
# packages, and says so. Arguments go to `go test`.
#
#   LAB_MINUTES=30 lab/run.sh            a long run
#   LAB_SECONDS=120 lab/run.sh           the bounded part, as in CI
#   LAB_SEEDED=1 lab/run.sh -run Seeded  errors put into copies of the engine
#   VPCPATH_LAB=require lab/run.sh       lack of permission is a failure
set -eu
cd "$(dirname "$0")"
if [ "$(uname -s)" != Linux ]; then
	echo "lab: needs Linux" >&2
	[ "${VPCPATH_LAB:-}" = require ] && exit 1
	exit 0
fi
if ! command -v nft >/dev/null; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "lab: installing the Debian package nftables" >&2
		apt-get update -qq && apt-get install -y -qq nftables >/dev/null
	else
		echo "lab: nft is missing; install the Debian package nftables" >&2
	fi
fi
exec go test -count=1 -timeout 0 -v "$@" .
