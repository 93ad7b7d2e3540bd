# The cgroups of a slot, on cgroup v1 (a hierarchy per controller) and v2 (one). Sourced, never run.
#
# cachemachine-test-<N>/daemons tracks what this cluster starts, shims included because they inherit it: it is how
# `down` finds processes whose pid nobody wrote down. cachemachine-test-<N>/pods is kubelet's cgroup root.
# shellcheck shell=bash

cgroup_is_unified() { [[ -e /sys/fs/cgroup/cgroup.controllers ]]; }

# The hierarchy in which daemons are tracked: any will do, and pids is everywhere.
cgroup_tracking_root() {
  local root
  if cgroup_is_unified; then
    echo /sys/fs/cgroup
    return
  fi
  for root in /sys/fs/cgroup/{pids,freezer,memory,systemd}; do
    [[ ! -e $root/cgroup.procs ]] || {
      echo "$root"
      return
    }
  done
  return 1
}

cgroup_daemons() { echo "$(cgroup_tracking_root)/cachemachine-test-$1/daemons"; }

cgroup_pods() { echo "/cachemachine-test-$1/pods"; }

cgroup_make() { mkdir -p "$(cgroup_daemons "$1")"; }

# The slot's directories in all hierarchies; runc makes those of the containers in each of them.
cgroup_directories() {
  local directory
  for directory in /sys/fs/cgroup/cachemachine-test-"$1" /sys/fs/cgroup/*/cachemachine-test-"$1"; do
    [[ ! -d $directory ]] || echo "$directory"
  done
}

# Removing can be refused for a moment after the last process was killed.
cgroup_remove() {
  local deadline=$((SECONDS + 5)) directory
  while read -r directory; do
    until find "$directory" -depth -type d -exec rmdir {} + 2>/dev/null; do
      [[ -d $directory ]] || break
      ((SECONDS < deadline)) || die "the cgroup $directory cannot be removed"
      sleep 0.05
    done
  done < <(cgroup_directories "$1" | sort -u)
}
