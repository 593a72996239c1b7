#!/bin/sh
# Install these packages of Debian, as root.  What apt says is shown only if that fails.
set -e
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    apt-get update -q &&
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}
echo "Installing Debian's packages, which stay: $*"
install "$@" >"$log" 2>&1 </dev/null || {
    cat "$log" >&2
    exit 1
}
