# The registry's content: push, tag, untag, and the images every cluster starts with. Sourced, never run.
# shellcheck shell=bash

MANIFEST_TYPES=application/vnd.oci.image.index.v1+json,application/vnd.docker.distribution.manifest.list.v2+json
MANIFEST_TYPES+=,application/vnd.oci.image.manifest.v1+json,application/vnd.docker.distribution.manifest.v2+json

registry_address() { echo "127.0.0.1:$(<"$DIR/registry.port")"; }

registry_answers() { curl -fsS -m 2 "http://$(registry_address)/v2/"; }

# registry_call WHAT CURL-ARGUMENTS...: fails with the registry's own words.
registry_call() {
  local what=$1 answer
  shift
  answer=$(curl -sS -m 60 --fail-with-body "$@" 2>&1) || die "the registry refused to $what: $answer"
  printf '%s' "$answer"
}

# registry_push REPO TAG OUT: pushes what image_compose made; prints the digest a node will report.
registry_push() {
  local repo=$1 tag=$2 out=$3 base blob digest location manifest top
  base=http://$(registry_address)/v2/$repo
  for blob in "$out"/blobs/*; do
    digest=${blob##*/}
    ! curl -fsS -m 10 -o /dev/null -I "$base/blobs/$digest" 2>/dev/null || continue
    location=$(registry_call "start an upload to $repo" -X POST -o /dev/null -w '%header{location}' "$base/blobs/uploads/")
    # An empty Expect keeps curl from waiting for a 100 Continue.
    [[ $location == *\?* ]] && location+="&digest=$digest" || location+="?digest=$digest"
    registry_call "take $digest of $repo" -T "$blob" -H Expect: -H 'Content-Type: application/octet-stream' "$location" >/dev/null
  done
  for manifest in "$out"/manifests/[0-9]; do
    top=$manifest
    registry_put "$repo" "$(<"$manifest.digest")" "$manifest" "$(<"$manifest.type")"
  done
  registry_put "$repo" "$tag" "$top" "$(<"$top.type")"
  cat "$top.digest"
}

# registry_put REPO REFERENCE FILE TYPE: a manifest under a tag or its digest.
registry_put() {
  registry_call "take the manifest $1:$2" -X PUT -H "Content-Type: $4" --data-binary @"$3" \
    "http://$(registry_address)/v2/$1/manifests/$2" >/dev/null
}

# registry_tag REPO OLD NEW: NEW means from now on what OLD means, whatever it meant before.
registry_tag() {
  local repo=$1 old=$2 new=$3 scratch type
  scratch=$(mktemp -d)
  type=$(registry_call "give the manifest $repo:$old" -H "Accept: $MANIFEST_TYPES" -o "$scratch/manifest" \
    -w '%{content_type}' "http://$(registry_address)/v2/$repo/manifests/$old")
  registry_put "$repo" "$new" "$scratch/manifest" "$type"
  digest_of "$scratch/manifest"
  rm -rf "$scratch"
}

# registry_untag REPO TAG: removes one tag. The HTTP API of this registry deletes by digest only, and with it all
# tags of the digest; the tag alone goes away in the registry's storage, which it reads anew at each request.
registry_untag() {
  local directory=$DIR/registry/docker/registry/v2/repositories/$1/_manifests/tags/$2
  [[ -d $directory ]] || usage_error "the registry has no $1:$2"
  rm -rf "$directory"
}

# registry_make REPO TAG FORMAT BASE SEED BYTES [index]
registry_make() {
  local repo=$1 tag=$2 scratch
  shift 2
  scratch=$(mktemp -d)
  image_compose "$scratch" "$@"
  registry_push "$repo" "$tag" "$scratch"
  rm -rf "$scratch"
}

# The images every cluster starts with. Docker and OCI manifests, an index and a manifest list, with a shell and
# without: what a node reports must be right for all of them.
registry_seed() {
  local lab=lsstsqre/sciplat-lab
  registry_make conformance/shell 1 docker shell conformance 0
  registry_make conformance/noshell 1 docker noshell conformance 0
  registry_make $lab r21_0_0 docker shell r21_0_0 0
  registry_tag $lab r21_0_0 recommended
  registry_make $lab r22_0_0_rc1 oci shell r22_0_0_rc1 0
  registry_make $lab w_2021_22 oci shell w_2021_22 0 index
  registry_make $lab w_2021_21 docker shell w_2021_21 0 index
  registry_make $lab w_2021_20 docker noshell w_2021_20 0
  registry_make $lab d_2021_06_15 docker shell d_2021_06_15 0
  registry_make $lab d_2021_06_14 oci shell d_2021_06_14 0
  registry_make $lab d_2021_06_13 docker shell d_2021_06_13 0
  registry_make $lab exp_w_2021_22_test docker shell exp_w_2021_22_test 0
}
