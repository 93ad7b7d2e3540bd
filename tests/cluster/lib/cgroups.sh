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

# The root for pods must be in every hierarchy before kubelet starts. On v1 a new cpuset has no processors and no
# memory until it is told; on v2 a cgroup hands down no controller until it is told. Nothing could run without.
cgroup_make() {
  local root name="cachemachine-test-$1" directory file
  mkdir -p "$(cgroup_daemons "$1")"
  while read -r root; do
    mkdir -p "$root/$name/pods"
    cgroup_hand_down "$root" "$root/$name" "$root/$name/pods"
    for directory in "$root/$name" "$root/$name/pods"; do
      for file in cpuset.cpus cpuset.mems; do
        if [[ -e $directory/$file && -z $(<"$directory/$file") && -s $root/$file ]]; then
          cat "$root/$file" >"$directory/$file"
        fi
      done
    done
  done < <(cgroup_hierarchies)
}

# cgroup_hand_down DIRECTORY...: on v2, their children get all controllers there are; one that refuses is not needed.
cgroup_hand_down() {
  local directory controller
  cgroup_is_unified || return 0
  for directory in "$@"; do
    for controller in $(<"$directory/cgroup.controllers"); do
      { echo "+$controller" >"$directory/cgroup.subtree_control"; } 2>/dev/null || true
    done
  done
}

cgroup_hierarchies() {
  awk '$2 ~ "^/sys/fs/cgroup(/|$)" && ($3 == "cgroup" || $3 == "cgroup2") { print $2 }' /proc/mounts
}

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
