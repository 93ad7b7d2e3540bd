# A certificate authority for one cluster, and kubeconfig files. Sourced, never run.
# shellcheck shell=bash

# certificate_authority: $DIR/pki/ca.crt and ca.key.
certificate_authority() {
  (umask 077 && mkdir -p "$DIR/pki")
  printf '[req]\ndistinguished_name = name\n[name]\n' >"$DIR/pki/openssl.cnf"
  openssl_request ca /CN=cachemachine-test-ca -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign
}

# certificate NAME SUBJECT EXTENSIONS...: $DIR/pki/NAME.crt and NAME.key, signed by the authority.
certificate() {
  local name=$1 subject=$2
  shift 2
  openssl_request "$name" "$subject" -CA "$DIR/pki/ca.crt" -CAkey "$DIR/pki/ca.key" \
    -addext basicConstraints=critical,CA:FALSE "$@"
}

client_certificate() { certificate "$1" "$2" -addext extendedKeyUsage=clientAuth; }

openssl_request() {
  local name=$1 subject=$2
  shift 2
  openssl req -config "$DIR/pki/openssl.cnf" -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
    -keyout "$DIR/pki/$name.key" -out "$DIR/pki/$name.crt" -subj "$subject" "$@" 2>"$DIR/pki/openssl.log" ||
    die "openssl could not make the certificate '$name': $(<"$DIR/pki/openssl.log")"
}

# kubeconfig FILE USER NAMESPACE CREDENTIAL...: a file for this cluster. CREDENTIAL is `token TOKEN`, or
# `certificate NAME` for a certificate in $DIR/pki.
kubeconfig() {
  local file=$1 user=$2 namespace=$3 kind=$4 value=$5 credential
  case $kind in
    token) credential=$(jq -cn --arg value "$value" '{token: $value}') ;;
    certificate) credential=$(jq -cn --arg crt "$(base64 -w 0 "$DIR/pki/$value.crt")" \
      --arg key "$(base64 -w 0 "$DIR/pki/$value.key")" '{"client-certificate-data": $crt, "client-key-data": $key}') ;;
  esac
  (
    umask 077
    cat >"$file" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: cachemachine-test
  cluster:
    server: https://127.0.0.1:$(<"$DIR/apiserver.port")
    certificate-authority-data: $(base64 -w 0 "$DIR/pki/ca.crt")
users:
- name: $user
  user:
$(jq -r 'to_entries[] | "    \(.key): \(.value)"' <<<"$credential")
contexts:
- name: $user
  context:
    cluster: cachemachine-test
    user: $user
    namespace: $namespace
current-context: $user
YAML
  )
}

# kubectl as the administrator, with its caches in the cluster's directory.
kubectl() {
  "$CACHE/bin/kubectl" --kubeconfig="$DIR/kubeconfig" --cache-dir="$DIR/run/kubectl" --request-timeout=20s "$@"
}
