# A node: its own containerd and its own kubelet, in a mount namespace of its own. Sourced, never run.
#
# In that namespace the usual places (/var/lib/kubelet, /run/containerd, /var/log/pods, ...) are the node's own
# directories in $DIR/nodes/NAME/fs, so nodes share nothing, paths are short enough for sockets, and every mount
# vanishes with the node's last process. The namespace is kept by the process node-NAME, which only sleeps.
# shellcheck shell=bash

# What a node has to itself. Made on the machine when absent, and left there, empty.
NODE_PLACES=(/var/lib/kubelet /var/lib/containerd /run/containerd /var/log/pods /var/log/containers /var/lib/cni)

# Kernel settings that kubelet insists on writing. In the node it writes to a file with the value it wants.
NODE_SYSCTLS=(vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000)

PAUSE_IMAGE=cachemachine.test/pause:1

node_names() {
  local directory
  for directory in "$DIR"/nodes/*/; do
    [[ ! -e $directory/slot ]] || basename "$directory"
  done
}

require_node() { [[ -e $DIR/nodes/$1/slot ]] || usage_error "there is no node '$1' in $DIR"; }

# node_define NAME: takes a slot, writes configuration and commands; starts nothing.
node_define() {
  local name=$1 node=$DIR/nodes/$1 slot
  [[ $name =~ ^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$ ]] || usage_error "'$name' is not a name for a node"
  [[ ! -e $node/slot ]] || usage_error "node '$name' is there already"
  slot=$(slot_take)
  mkdir -p "$node/fs" "$node/cni"
  node_network_config "$slot" >"$node/cni/10-test.conflist"
  node_containerd_config "$node" >"$node/containerd.toml"
  node_kubelet_config "$slot" >"$node/kubelet.yaml"
  client_certificate "node-$name" "/O=system:nodes/CN=system:node:$name"
  kubeconfig "$node/kubeconfig" "$name" default certificate "node-$name"
  node_places_script "$node" >"$node/places.sh"
  process_define "node-$name" "$slot" unshare --mount --propagation private bash "$node/places.sh"
  node_define_in_namespace "containerd-$name" "$name" "$slot" containerd --config "$node/containerd.toml"
  # GOMAXPROCS: many nodes share few cores.
  node_define_in_namespace "kubelet-$name" "$name" "$slot" env GOMAXPROCS=2 "$CACHE/bin/kubelet" \
    --config="$node/kubelet.yaml" --kubeconfig="$node/kubeconfig" --hostname-override="$name" \
    --node-ip="$(slot_address "$slot")" --container-runtime=remote \
    --container-runtime-endpoint=unix:///run/containerd/containerd.sock --v=2
  echo "$slot" >"$node/slot"
}

# The namespace's process id is known only when it runs: a shell looks it up.
node_define_in_namespace() {
  local process=$1 name=$2 slot=$3
  shift 3
  # shellcheck disable=SC2016
  process_define "$process" "$slot" bash -c \
    'pid=$(<"$1"); shift; exec nsenter --mount="/proc/$pid/ns/mnt" -- "$@"' "$process" "$DIR/run/node-$name.pid" "$@"
}

# The first commands in the node's mount namespace.
node_places_script() {
  local node=$1 place setting
  echo 'set -e'
  for place in "${NODE_PLACES[@]}"; do
    mkdir -p "$place" "$node/fs$place"
    printf 'mount --bind %q %q\n' "$node/fs$place" "$place"
  done
  mkdir -p "$node/sysctl"
  for setting in "${NODE_SYSCTLS[@]}"; do
    echo "${setting#*=}" >"$node/sysctl/${setting//[\/=]/-}"
    printf 'mount --bind %q %q\n' "$node/sysctl/${setting//[\/=]/-}" "/proc/sys/${setting%=*}"
  done
  printf 'touch %q\nexec sleep infinity\n' "$node/mounted"
}

# Pods get an address on the slot's bridge and no route: they need none, containerd pulls for them from the host.
node_network_config() {
  jq -n --arg slot "$1" --arg bridge "$(slot_bridge "$1")" '
    {cniVersion: "0.4.0", name: "cachemachine-test", plugins: [
      {type: "bridge", bridge: $bridge, isGateway: false, ipMasq: false,
       ipam: {type: "host-local", ranges: [[
         {subnet: "198.18.\($slot).0/24", rangeStart: "198.18.\($slot).10", gateway: "198.18.\($slot).1"}]]}}]}'
}

# node_containerd_config NODE-DIRECTORY
node_containerd_config() {
  local node=$1 registry
  registry=$(registry_address)
  cat <<TOML
version = 2
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "$node/cni"
# Plain http on loopback; and what a name without a host means comes from the same registry.
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."$registry"]
  endpoint = ["http://$registry"]
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."localhost:${registry#*:}"]
  endpoint = ["http://$registry"]
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
  endpoint = ["http://$registry"]
TOML
}

node_kubelet_config() {
  local slot=$1
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 127.0.0.1
port: $(slot_port "$slot" 0)
readOnlyPort: 0
healthzPort: 0
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $DIR/pki/ca.crt}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: $(cgroup_pods "$slot")
cgroupsPerQOS: true
enforceNodeAllocatable: []
failSwapOn: false
makeIPTablesUtilChains: false
oomScoreAdj: 0
volumePluginDir: /var/lib/kubelet/volume-plugins
resolvConf: ""
# The machine's own disk and memory decide nothing here.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 1Mi}
# Quick where kubelet lets us. It looks for images every 30 s all the same: that is a constant in it.
nodeStatusUpdateFrequency: 2s
nodeStatusReportFrequency: 5m
nodeLeaseDurationSeconds: 8
syncFrequency: 10s
volumeStatsAggPeriod: -1s
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
serializeImagePulls: true
YAML
}

# node_start_runtime NAME: namespace and containerd, with the pause image in it.
node_start_runtime() {
  local name=$1
  rm -f "$DIR/nodes/$name/mounted"
  process_start "node-$name"
  wait_for 10 "the mounts of $name are there" "node-$name" test -e "$DIR/nodes/$name/mounted"
  process_start "containerd-$name"
  wait_for 30 "containerd of $name answers" "containerd-$name" node_ctr "$name" version
  node_ctr "$name" images import --snapshotter native "$LAYERS/pause.tar" >/dev/null
}

node_ctr() {
  local name=$1 pid
  shift
  pid=$(<"$DIR/run/node-$name.pid")
  nsenter --mount="/proc/$pid/ns/mnt" -- ctr -n k8s.io "$@"
}

node_wait_ready() {
  wait_for 60 "node $1 is Ready" "containerd-$1 kubelet-$1" node_is_ready "$1"
}

node_is_ready() {
  [[ $(kubectl get node "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

# node_remove NAME: the machine and its Node object. What ran on it is for Kubernetes to notice.
node_remove() {
  local name=$1 slot
  slot=$(<"$DIR/nodes/$name/slot")
  slot_release "$slot"
  kubectl delete node "$name" --ignore-not-found >/dev/null
  rm -rf "$DIR/nodes/$name" "$DIR/run/"{node,containerd,kubelet}-"$name".* "$DIR/pki/node-$name".*
}

node_images() { node_ctr "$1" images list | awk 'NR > 1 { print $1, $3 }'; }

# node_remove_image NAME IMAGE: every name that the image with this name has on the node. IMAGE may be without host.
node_remove_image() {
  local name=$1 image=$2 listed digest names
  listed=$(node_images "$name")
  digest=$(awk -v image="$image" -v full="$(registry_address)/$image" '$1 == image || $1 == full { print $2 }' <<<"$listed" | head -n 1)
  [[ -n $digest ]] || usage_error "node $name has no image $image"
  mapfile -t names < <(awk -v digest="$digest" '$2 == digest { print $1 }' <<<"$listed")
  node_ctr "$name" images remove --sync "${names[@]}"
}
