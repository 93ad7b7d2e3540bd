# etcd, kube-apiserver, kube-controller-manager, kube-scheduler and the registry. Sourced, never run.
# shellcheck shell=bash

# control_plane_define SLOT: certificates, credentials and commands; starts nothing.
control_plane_define() {
  local slot=$1 etcd etcd_peer
  etcd=$(slot_port "$slot" 0)
  etcd_peer=$(slot_port "$slot" 1)
  slot_port "$slot" 2 >"$DIR/apiserver.port"
  slot_port "$slot" 5 >"$DIR/registry.port"
  certificate_authority
  certificate apiserver /CN=kube-apiserver -addext extendedKeyUsage=serverAuth \
    -addext "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc"
  client_certificate admin /O=system:masters/CN=admin
  openssl ecparam -name prime256v1 -genkey -noout -out "$DIR/pki/service-account.key"
  local token
  token=$(openssl rand -hex 16)
  (umask 077 && echo "$token,admin,admin,\"system:masters\"" >"$DIR/pki/tokens.csv")
  kubeconfig "$DIR/kubeconfig" admin default token "$token"
  kubeconfig "$DIR/kubeconfig-certificate" admin default certificate admin

  process_define etcd "$slot" etcd --name=test --data-dir="$DIR/etcd" --log-level=warn --logger=zap --log-outputs=stderr \
    --listen-client-urls="http://127.0.0.1:$etcd" --advertise-client-urls="http://127.0.0.1:$etcd" \
    --listen-peer-urls="http://127.0.0.1:$etcd_peer" --initial-advertise-peer-urls="http://127.0.0.1:$etcd_peer" \
    --initial-cluster="test=http://127.0.0.1:$etcd_peer"
  # The service that leads to the API server has no use for 127.0.0.1 as an endpoint: no reconciler.
  process_define apiserver "$slot" "$CACHE/bin/kube-apiserver" \
    --etcd-servers="http://127.0.0.1:$etcd" --bind-address=127.0.0.1 --secure-port="$(<"$DIR/apiserver.port")" \
    --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --service-cluster-ip-range=10.96.0.0/16 \
    --tls-cert-file="$DIR/pki/apiserver.crt" --tls-private-key-file="$DIR/pki/apiserver.key" \
    --client-ca-file="$DIR/pki/ca.crt" --token-auth-file="$DIR/pki/tokens.csv" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --service-account-issuer=https://kubernetes.default.svc --api-audiences=https://kubernetes.default.svc \
    --service-account-key-file="$DIR/pki/service-account.key" \
    --service-account-signing-key-file="$DIR/pki/service-account.key" --profiling=false --v=1
  # A node whose kubelet is dead is NotReady after 8 s instead of 40.
  process_define controller-manager "$slot" "$CACHE/bin/kube-controller-manager" \
    --kubeconfig="$DIR/kubeconfig" --bind-address=127.0.0.1 --port=0 --secure-port="$(slot_port "$slot" 3)" \
    --cert-dir="$DIR/pki/controller-manager" --leader-elect=false --root-ca-file="$DIR/pki/ca.crt" \
    --service-account-private-key-file="$DIR/pki/service-account.key" --allocate-node-cidrs=false \
    --node-monitor-period=1s --node-monitor-grace-period=8s --node-startup-grace-period=15s \
    --enable-garbage-collector=true --kube-api-qps=200 --kube-api-burst=400 --v=1
  process_define scheduler "$slot" "$CACHE/bin/kube-scheduler" \
    --kubeconfig="$DIR/kubeconfig" --bind-address=127.0.0.1 --port=0 --secure-port="$(slot_port "$slot" 4)" \
    --cert-dir="$DIR/pki/scheduler" --leader-elect=false --kube-api-qps=200 --kube-api-burst=400 --v=1
  registry_config >"$DIR/registry.yml"
  process_define registry "$slot" docker-registry serve "$DIR/registry.yml"
}

registry_config() {
  cat <<YAML
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $DIR/registry}
  delete: {enabled: true}
http: {addr: "$(registry_address)", secret: "$(openssl rand -hex 16)"}
YAML
}

apiserver_is_ready() { kubectl get --raw /readyz; }

# component_start NAME: starts it and, where it serves others, waits until it does.
component_start() {
  process_start "$1"
  case $1 in
    apiserver) wait_for 60 "the API server is ready" apiserver apiserver_is_ready ;;
    registry) wait_for 20 "the registry answers" registry registry_answers ;;
  esac
}

# control_plane_start: starts all; the API server is ready and the registry has its images when it returns.
control_plane_start() {
  process_start etcd
  process_start apiserver
  component_start registry
  say "filling the registry"
  registry_seed >/dev/null
  component_start apiserver
  process_start controller-manager
  process_start scheduler
}

# control_plane_access: the service account of cachemachine, with the rights it has in production.
control_plane_access() {
  kubectl create -f "$HERE/manifests/access.yaml" >/dev/null
  wait_for 30 "the token of the service account is there" controller-manager service_account_token
  kubeconfig "$DIR/kubeconfig-cachemachine" cachemachine cachemachine token "$(service_account_token)"
  local namespace
  for namespace in default cachemachine; do
    wait_for 30 "namespace $namespace has its default service account" controller-manager \
      kubectl -n "$namespace" get serviceaccount default
  done
}

service_account_token() {
  local token
  token=$(kubectl -n cachemachine get secret cachemachine-token -o 'jsonpath={.data.token}') || return 1
  [[ -n $token ]] && base64 -d <<<"$token"
}
