#!/usr/bin/env bash
# Tests the live import against recorded accounts on loopback. The AWS CLI is
# asked too, as a client that somebody else wrote; as root it is installed from
# Debian's packages where it is missing, else that test is skipped.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v aws >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing the AWS CLI (Debian package awscli)"
	apt-get update -qq && apt-get install -y -qq awscli >/dev/null || echo "it could not be installed; the tests that ask it are skipped"
fi
unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
	echo "not gofmt-clean: $unformatted" >&2
	exit 1
fi
go vet ./...
go test -timeout 30m ./...
