# What the machine must have: root, Debian 12, a few packages. Sourced, never run.
# shellcheck shell=bash

# PROBE PACKAGE: a file or command, and the Debian package that brings it. Probing for the file rather than
# the package accepts another vendor's containerd, which the Debian package would otherwise push out.
RUN_PACKAGES=(
  'etcd etcd-server' 'containerd containerd' 'runc runc' '/usr/lib/cni/bridge containernetworking-plugins'
  'docker-registry docker-registry' 'jq jq' 'curl curl' 'openssl openssl' 'ip iproute2' '/bin/busybox busybox-static'
  'gcc gcc' '/usr/share/doc/libc6-dev libc6-dev'
)
BUILD_PACKAGES=(
  'go golang-go' 'make make' 'rsync rsync' 'dpkg-source dpkg-dev'
)

require_root() {
  ((EUID == 0)) || missing "not root: the cluster needs root for mounts, cgroups and bridges"
}

require_debian() {
  local id version
  # shellcheck disable=SC1091
  id=$(. /etc/os-release 2>/dev/null && echo "${ID-}") || true
  # shellcheck disable=SC1091
  version=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID-}") || true
  [[ $id == debian && $version == 12 ]] ||
    missing "not Debian 12 (this is '${id:-unknown} ${version:-}'): the cluster is built from Debian 12's packages"
}

# A way to put processes into a cgroup; see lib/slots.sh.
require_cgroups() {
  local tracking
  tracking=$(cgroup_tracking_root) || missing "no cgroup hierarchy is mounted below /sys/fs/cgroup"
  [[ -w $tracking/cgroup.procs ]] || missing "the cgroup hierarchy $tracking is not writable"
}

# packages_absent 'PROBE PACKAGE'...: prints the packages whose probe is not there.
packages_absent() {
  local entry probe package
  for entry in "$@"; do
    read -r probe package <<<"$entry"
    if [[ $probe == /* ]]; then [[ -e $probe ]]; else command -v "$probe" >/dev/null; fi || echo "$package"
  done
}

packages_install() {
  local absent
  mapfile -t absent < <(packages_absent "$@")
  ((${#absent[@]} > 0)) || return 0
  say "installing ${absent[*]}"
  # The packages of etcd, containerd and the registry would start system services; nothing here wants them.
  local policy=/usr/sbin/policy-rc.d guarded=
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    guarded=yes
  fi
  local status=0
  {
    apt-get -q update &&
      DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends --no-remove "${absent[@]}"
  } >&2 || status=$?
  [[ -z $guarded ]] || rm -f $policy
  ((status == 0)) || missing "apt-get could not install ${absent[*]} (exit code $status)"
}
