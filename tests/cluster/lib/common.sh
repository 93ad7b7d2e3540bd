# What every other file here uses: messages, exit codes, waiting. Sourced, never run.
# shellcheck shell=bash

# The Kubernetes release that is in Debian 12's source archive.
KUBERNETES_VERSION=1.20.2

# Built once a machine, shared by all checkouts.
CACHE=${CACHEMACHINE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cachemachine}/kubernetes-$KUBERNETES_VERSION

say() { printf 'cluster: %s\n' "$*" >&2; }

# A failure of the cluster itself.
die() {
  say "$*"
  exit 1
}

# The caller's mistake: an unknown flag, node or component.
usage_error() {
  say "$* (see --help)"
  exit 2
}

# This machine cannot run the cluster. Test runs skip on this code, so it is used for nothing else.
missing() {
  say "$*"
  exit 3
}

# wait_for SECONDS WHAT PROCESSES COMMAND...
# Runs COMMAND until it succeeds. Fails after SECONDS, or at once when one of PROCESSES (names
# separated by blanks, may be empty) is not running any more, because then the wait is hopeless.
wait_for() {
  local seconds=$1 what=$2 processes=$3 name
  shift 3
  local deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    for name in $processes; do
      process_is_alive "$name" || {
        process_log_tail "$name"
        die "$name ended while waiting until $what"
      }
    done
    if ((SECONDS >= deadline)); then
      for name in $processes; do process_log_tail "$name"; done
      die "gave up after $seconds s waiting until $what; the logs are in $DIR/logs"
    fi
    sleep 0.1
  done
}
