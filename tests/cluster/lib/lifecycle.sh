# up, down, and nodes that come and go. Sourced, never run.
# shellcheck shell=bash

# One command at a time changes a cluster.
lock() {
  mkdir -p "$DIR"
  exec 9>"$DIR/lock"
  flock -w "$1" 9 || die "another command is at work on $DIR (waited $1 s)"
}

up() {
  local count=$1 index began=$SECONDS
  require_root
  require_cgroups
  build
  lock 5
  if [[ -e $DIR/env ]] && (apiserver_is_ready >/dev/null 2>&1); then
    say "is up already: $DIR/env"
    return
  fi
  tear_down # what an interrupted run may have left
  rm -rf "$DIR/logs"
  mkdir -p "$DIR/run" "$DIR/logs"
  trap 'up_failed' EXIT
  say "starting the control plane and the registry"
  control_plane_define "$(slot_take)"
  for ((index = 1; index <= count; index++)); do node_define "node-$index"; done
  control_plane_start
  say "starting $count node(s)"
  for ((index = 1; index <= count; index++)); do
    node_start_runtime "node-$index"
    process_start "kubelet-node-$index"
  done
  control_plane_access
  for ((index = 1; index <= count; index++)); do node_wait_ready "node-$index"; done
  write_env
  trap - EXIT
  say "up after $((SECONDS - began)) s: $DIR/env"
}

up_failed() {
  trap - EXIT
  say "up failed, ending what was started; the logs stay in $DIR/logs"
  tear_down
  exit 1
}

# Written last: where it is, the cluster is complete. Renamed into place, so that nobody reads half of it.
write_env() {
  cat >"$DIR/env.new" <<ENV
CACHEMACHINE_TEST_CLUSTER_DIR=$DIR
CACHEMACHINE_TEST_KUBECONFIG=$DIR/kubeconfig
CACHEMACHINE_TEST_KUBECONFIG_CERTIFICATE=$DIR/kubeconfig-certificate
CACHEMACHINE_TEST_KUBECONFIG_CACHEMACHINE=$DIR/kubeconfig-cachemachine
CACHEMACHINE_TEST_KUBECTL=$CACHE/bin/kubectl
CACHEMACHINE_TEST_REGISTRY=$(registry_address)
CACHEMACHINE_TEST_NODES=$(node_names | paste -sd,)
ENV
  mv "$DIR/env.new" "$DIR/env"
}

# Ends everything that belongs to $DIR, by pid, and removes all but the logs.
tear_down() {
  local slots
  rm -f "$DIR/env"
  mapfile -t slots < <(slots_of_cluster)
  ((${#slots[@]} == 0)) || slot_release "${slots[@]}"
  # By name: DIR may have been a directory with other things in it.
  rm -rf "$DIR"/{env.new,etcd,kubeconfig,kubeconfig-certificate,kubeconfig-cachemachine,nodes,pki,registry,registry.yml,run} \
    "$DIR"/{apiserver,registry}.port
}

down() {
  local began=$SECONDS
  if [[ ! -d $DIR && -z $(slots_of_cluster) ]]; then return; fi
  lock 5
  tear_down
  rm -f "$DIR/lock"
  rmdir "$DIR/logs" "$DIR" 2>/dev/null || true
  say "down after $((SECONDS - began)) s"
}

add_node() {
  lock 60
  node_define "$1"
  node_start_runtime "$1"
  process_start "kubelet-$1"
  node_wait_ready "$1"
  write_env
}

remove_node() {
  require_node "$1"
  lock 60
  node_remove "$1"
  write_env
}
