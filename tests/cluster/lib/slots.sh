# A slot is a number that a cluster's control plane, or one node, has to itself on this machine. Sourced, never run.
#
# Slot N means: bridge cmtest<N> with 198.18.<N>.0/24 (a range for benchmarks, so nobody's network), the ports from
# 20000+10N, and the cgroups cachemachine-test-<N>. Making the bridge is what takes the slot: the kernel lets one
# caller win. The bridge's hardware address is derived from the cluster's directory and set in the same step, so
# that `down` finds all slots of a cluster, whenever `up` was interrupted, without any file.
# shellcheck shell=bash

slot_port() { echo $((20000 + $1 * 10 + $2)); }
slot_bridge() { echo "cmtest$1"; }
slot_address() { echo "198.18.$1.1"; }

# The address 02:... (locally administered) of this cluster's bridges.
slot_hardware_address() {
  local sum
  sum=$(printf '%s' "$DIR" | sha256sum)
  printf '02:%s:%s:%s:%s:%s' "${sum:0:2}" "${sum:2:2}" "${sum:4:2}" "${sum:6:2}" "${sum:8:2}"
}

# slot_take: takes a free slot for this cluster and prints its number.
slot_take() {
  local slot bridge mine
  mine=$(slot_hardware_address)
  for ((slot = 1; slot < 250; slot++)); do
    bridge=$(slot_bridge $slot)
    [[ ! -e /sys/class/net/$bridge ]] || continue
    ip link add name "$bridge" address "$mine" type bridge 2>/dev/null || continue
    if slot_has_processes $slot || slot_ports_are_used $slot; then
      ip link delete "$bridge"
      continue
    fi
    ip address add "$(slot_address $slot)/24" dev "$bridge"
    ip link set "$bridge" up
    cgroup_make $slot
    echo $slot
    return
  done
  die "no free slot: 249 bridges cmtest1..249 exist, or their ports are in use, or bridges cannot be made here"
}

# slots_of_cluster: prints the slots that this cluster's directory owns.
slots_of_cluster() {
  ip -o link show type bridge | sed -nE "s/^[0-9]+: cmtest([0-9]+):.* link\/ether $(slot_hardware_address) .*/\1/p"
}

# slot_release N...: ends every process in the slots, and removes cgroups and bridges.
slot_release() {
  local slot
  slot_kill "$@"
  for slot in "$@"; do
    cgroup_remove "$slot"
    ip link delete "$(slot_bridge "$slot")" 2>/dev/null || [[ ! -e /sys/class/net/$(slot_bridge "$slot") ]] ||
      die "the bridge $(slot_bridge "$slot") cannot be deleted"
  done
}

slot_ports_are_used() {
  local first
  first=$(slot_port "$1" 0)
  # Local address and state are the second and fourth column, in hexadecimal; 0A is LISTEN.
  awk -v first="$first" '
    function hex(text, i, value) { for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1; return value }
    $4 == "0A" { sub(/.*:/, "", $2); port = hex($2); if (port >= first && port < first + 10) used = 1 }
    END { exit !used }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

slot_has_processes() { [[ -n $(slot_processes "$1") ]]; }

# slot_processes N...: the pids in the slots' cgroups: daemons, shims and containers alike.
slot_processes() {
  local slot
  for slot in "$@"; do
    cgroup_directories "$slot" | while read -r directory; do
      find "$directory" -name cgroup.procs -exec cat {} + 2>/dev/null || true
    done
  done | sort -un
}

# Asks again until none is left, because a process may fork between the list and the signal.
slot_kill() {
  local deadline=$((SECONDS + 8)) pids
  while mapfile -t pids < <(slot_processes "$@") && ((${#pids[@]} > 0)); do
    ((SECONDS < deadline)) || die "these processes do not end: ${pids[*]}"
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.05
  done
}
