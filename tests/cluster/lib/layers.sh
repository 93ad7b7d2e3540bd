# Layers of the test images, made by hand: a layer is a tar file and two digests. Sourced, never run.
# shellcheck shell=bash

# The number changes when a base layer changes, so that older caches are not used.
LAYERS=$CACHE/layers-1

# A layer on disk is a directory: layer.tar.gz, and `digest` (of the compressed file, what a manifest names),
# `diff` (of the uncompressed tar, what a config names) and `size` (compressed, bytes).
layer_from_directory() {
  local root=$1 layer=$2
  mkdir -p "$layer"
  # Names sorted and times fixed: the same content gives the same digest.
  tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --format=ustar -cf "$layer/layer.tar" .
  digest_of "$layer/layer.tar" >"$layer/diff"
  gzip -n -1 "$layer/layer.tar"
  digest_of "$layer/layer.tar.gz" >"$layer/digest"
  stat -c %s "$layer/layer.tar.gz" >"$layer/size"
}

digest_of() {
  local sum
  sum=$(sha256sum "$1")
  echo "sha256:${sum%% *}"
}

# What every cluster needs and no test changes: the base layers, and pause.tar, the image of kubelet's sandboxes.
# shell: busybox with the applets a pull pod or a curious person wants. noshell: one static program, no shell.
build_base_layers() {
  local layers=$1 root applet
  root=$1/root
  mkdir -p "$root/bin" "$root/tmp"
  chmod 1777 "$root/tmp"
  cp /bin/busybox "$root/bin/busybox"
  for applet in sh sleep true false cat ls echo env id ps kill test date; do
    ln -s busybox "$root/bin/$applet"
  done
  layer_from_directory "$root" "$layers/shell"
  rm -rf "$root"
  mkdir -p "$root"
  build_pause "$root/pause"
  layer_from_directory "$root" "$layers/noshell"
  rm -rf "$root"
  LAYERS=$layers image_compose "$layers/pause" oci noshell pause 0
  image_tarball "$layers/pause" "$PAUSE_IMAGE" >"$layers/pause.tar"
  rm -rf "$layers/pause"
}

# build_pause FILE: a static program that waits for SIGTERM or SIGINT and, as process 1, reaps its children.
build_pause() {
  gcc -static -Os -s -x c -o "$1" - <<'C'
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void leave(int signal) { (void)signal; _exit(0); }
static void reap(int signal) { (void)signal; while (waitpid(-1, 0, WNOHANG) > 0) { } }
int main(void) {
  signal(SIGINT, leave);
  signal(SIGTERM, leave);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
C
}
