# Composes images as a directory of blobs, and pushes them. Sourced, never run.
# shellcheck shell=bash

# image_compose OUT FORMAT BASE SEED BYTES [index]
# Makes an image of the base layer BASE (shell, noshell) and one layer whose content comes from SEED and is BYTES
# long (0: just the seed's text), with FILES (PATH=LOCAL...) beside it. FORMAT is docker or oci: the media types. With `index` the top is a
# multi-platform index (OCI) or manifest list (Docker) that has the image for amd64 and for arm64.
# OUT gets blobs/DIGEST files and manifests/N (in push order, each with N.type and N.digest); the last is the top.
image_compose() {
  local out=$1 format=$2 base=$3 seed=$4 bytes=$5 index=${6-}
  mkdir -p "$out/blobs" "$out/manifests" "$out/root"
  image_content "$seed" "$bytes" >"$out/root/content"
  local file
  for file in "${FILES[@]}"; do
    install -D -m 0755 "${file#*=}" "$out/root/${file%%=*}"
  done
  layer_from_directory "$out/root" "$out/content"
  rm -rf "$out/root"
  local layer
  for layer in "$LAYERS/$base" "$out/content"; do
    cp "$layer/layer.tar.gz" "$out/blobs/$(<"$layer/digest")"
  done
  if [[ -z $index ]]; then
    image_manifest "$out" "$format" "$base" "$(machine_architecture)" 1
    return
  fi
  image_manifest "$out" "$format" "$base" amd64 1
  image_manifest "$out" "$format" "$base" arm64 2
  local type=application/vnd.oci.image.index.v1+json
  [[ $format == oci ]] || type=application/vnd.docker.distribution.manifest.list.v2+json
  jq -cnj --arg type "$type" --arg of "$(<"$out/manifests/1.type")" \
    --arg amd64 "$(<"$out/manifests/1.digest")" --argjson amd64_size "$(stat -c %s "$out/manifests/1")" \
    --arg arm64 "$(<"$out/manifests/2.digest")" --argjson arm64_size "$(stat -c %s "$out/manifests/2")" '
    {schemaVersion: 2, mediaType: $type, manifests: [
      {mediaType: $of, digest: $amd64, size: $amd64_size, platform: {architecture: "amd64", os: "linux"}},
      {mediaType: $of, digest: $arm64, size: $arm64_size, platform: {architecture: "arm64", os: "linux"}}]}' \
    >"$out/manifests/3"
  echo "$type" >"$out/manifests/3.type"
  digest_of "$out/manifests/3" >"$out/manifests/3.digest"
}

# image_manifest OUT FORMAT BASE ARCHITECTURE N: the config blob and manifest N for one platform.
image_manifest() {
  local out=$1 format=$2 base=$3 architecture=$4 n=$5
  local manifest=application/vnd.oci.image.manifest.v1+json config=application/vnd.oci.image.config.v1+json
  local layer=application/vnd.oci.image.layer.v1.tar+gzip
  if [[ $format == docker ]]; then
    manifest=application/vnd.docker.distribution.manifest.v2+json
    config=application/vnd.docker.container.image.v1+json
    layer=application/vnd.docker.image.rootfs.diff.tar.gzip
  fi
  local command='["/bin/sleep","1000000"]'
  [[ $base == shell ]] || command='["/pause"]'
  jq -cnj --arg architecture "$architecture" --argjson command "$command" \
    --arg base "$(<"$LAYERS/$base/diff")" --arg content "$(<"$out/content/diff")" '
    {architecture: $architecture, os: "linux", created: "2021-06-15T00:00:00Z",
     config: {Cmd: $command, Env: ["PATH=/bin"], WorkingDir: "/"},
     rootfs: {type: "layers", diff_ids: [$base, $content]}}' >"$out/config"
  local digest size
  digest=$(digest_of "$out/config")
  size=$(stat -c %s "$out/config")
  mv "$out/config" "$out/blobs/$digest"
  jq -cnj --arg manifest "$manifest" --arg config "$config" --arg digest "$digest" --argjson size "$size" \
    --arg layer "$layer" --arg base "$(<"$LAYERS/$base/digest")" --argjson base_size "$(<"$LAYERS/$base/size")" \
    --arg content "$(<"$out/content/digest")" --argjson content_size "$(<"$out/content/size")" '
    {schemaVersion: 2, mediaType: $manifest, config: {mediaType: $config, digest: $digest, size: $size},
     layers: [{mediaType: $layer, digest: $base, size: $base_size},
              {mediaType: $layer, digest: $content, size: $content_size}]}' >"$out/manifests/$n"
  echo "$manifest" >"$out/manifests/$n.type"
  digest_of "$out/manifests/$n" >"$out/manifests/$n.digest"
}

# image_content SEED BYTES: the same bytes for the same arguments; they do not compress, so BYTES is also what a pull moves.
image_content() {
  local seed=$1 bytes=$2 key
  if ((bytes == 0)); then
    printf '%s\n' "$seed"
    return
  fi
  key=$(printf '%s' "$seed" | sha256sum)
  head -c "$bytes" /dev/zero | openssl enc -aes-256-ctr -K "${key%% *}" -iv 00000000000000000000000000000000
}

machine_architecture() { dpkg --print-architecture; }

# image_tarball OUT NAME: an OCI layout tar on standard output, for `ctr images import`, of an image composed as oci.
image_tarball() {
  local out=$1 name=$2 layout=$1/layout blob
  mkdir -p "$layout/blobs/sha256"
  for blob in "$out"/blobs/*; do
    cp "$blob" "$layout/blobs/sha256/${blob##*:}"
  done
  local digest
  digest=$(<"$out/manifests/1.digest")
  cp "$out/manifests/1" "$layout/blobs/sha256/${digest#sha256:}"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  jq -cn --arg type "$(<"$out/manifests/1.type")" --arg digest "$digest" --arg name "$name" \
    --argjson size "$(stat -c %s "$out/manifests/1")" '
    {schemaVersion: 2, manifests: [{mediaType: $type, digest: $digest, size: $size,
      annotations: {"io.containerd.image.name": $name}}]}' >"$layout/index.json"
  tar -C "$layout" -cf - .
}
