#!/bin/bash
# psdiff-zbx in a minute, on the processes of this machine.  Leaves nothing behind but Debian's
# python3-venv, where that was not there.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
daemons=()
end() {
    if [ ${#daemons[@]} -gt 0 ]; then kill "${daemons[@]}" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

say() { if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
run() {
    echo "\$ psdiff-zbx $*"
    "$work/venv/bin/psdiff-zbx" --baseline "$work/baseline" "$@" || true
}
running() { grep -qs . "/proc/$1/cmdline"; }
start() { # a stand-in daemon: sleep under the name that it is given, a child of init
    pid=$(exec -a "$1" sleep 600 >/dev/null 2>&1 & echo $!)
    daemons+=("$pid")
    until grep -q "^$1" "/proc/$pid/cmdline"; do :; done
}
stop() {
    kill "$1"
    while running "$1"; do :; done
}
pretty() { "$PYTHON" -c "$1"; }

say "A virtual environment of its own, with psdiff-zbx"
sh tests/prepare.sh
"$PYTHON" -m venv "$work/venv"
pip=("$work/venv/bin/pip" install --quiet --disable-pip-version-check)
if [ -n "${WHEELS:-}" ]; then
    "${pip[@]}" --no-index --find-links "$WHEELS" psdiff_zbx
else # a copy, for pip builds in it
    mkdir "$work/source"
    tar -c --exclude=./.git --exclude=./.venv --exclude=./build . | tar -x -C "$work/source"
    "${pip[@]}" "$work/source"
fi

say "Three stand-in daemons start, and what runs now becomes the baseline"
start /opt/demo/mailer
start /opt/demo/worker
start /opt/demo/worker
run write --all

say "Zabbix discovers each of them (of all daemons, these two)"
run discover >"$work/discover"
pretty 'import json, sys
lines = sys.stdin.read().splitlines()
print(lines[0])
for row in json.loads(lines[1]):
    if "/opt/demo/" in row["{#PSDIFF.CMDLINE}"]:
        print(json.dumps(row, indent=2))' <"$work/discover"

say "A worker ends, and a stranger starts"
stop "${daemons[1]}"
start /tmp/.stranger
worker=$(grep -o 'worker-[0-9a-f]*' "$work/discover")
run count "$worker"
run missing
run --min-age 0 extra

say "All of it in one document (less the other daemons of this machine)"
run --min-age 0 get >"$work/get"
pretty 'import json, sys
lines = sys.stdin.read().splitlines()
print(lines[0])
found = json.loads(lines[1])
found["discovery"] = "…"
found["daemons"] = {key: value for key, value in found["daemons"].items() if "worker-" in key}
print(json.dumps(found, indent=2, ensure_ascii=False))' <"$work/get"

say "Done: the daemons, the baseline and the virtual environment are removed again"
