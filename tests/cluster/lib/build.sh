# Brings the Kubernetes binaries and the base layers of the test images into the cache. Sourced, never run.
# shellcheck shell=bash

KUBERNETES_PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl kubemark)

build() {
  require_root
  require_debian
  packages_install "${RUN_PACKAGES[@]}"
  if build_is_cached; then return 0; fi
  mkdir -p "$CACHE"
  # One build a machine: whoever comes second waits and then finds it done.
  exec 8>"$CACHE/lock"
  flock -n 8 || {
    say "another build is under way, waiting for it"
    flock 8
  }
  if ! build_is_cached; then
    packages_install "${BUILD_PACKAGES[@]}"
    build_everything
  fi
  exec 8>&-
}

# Directories are renamed into place when they are complete, so their existence says so.
build_is_cached() { [[ -d $CACHE/bin && -d $LAYERS ]]; }

build_everything() {
  local work=$CACHE/building
  # Left by an interrupted build. Go makes some of its directories read-only.
  [[ ! -d $work ]] || chmod -R u+w "$work"
  rm -rf "$work"
  mkdir -p "$work/bin"
  if [[ ! -d $LAYERS ]]; then
    say "building the base layers of the test images"
    build_base_layers "$work/layers"
    mv -T "$work/layers" "$LAYERS"
  fi
  if [[ ! -d $CACHE/bin ]]; then
    build_kubernetes "$work"
    mv -T "$work/bin" "$CACHE/bin"
  fi
  chmod -R u+w "$work"
  rm -rf "$work"
  say "built: $CACHE"
}

# build_kubernetes WORK: the programs, into WORK/bin.
build_kubernetes() {
  local work=$1 tree=$1/tree archive
  say "getting the source package of kubernetes"
  download_source "$work" kubernetes
  archive=$(find "$work" -maxdepth 1 -name 'kubernetes_*.orig.tar.*' ! -name '*.asc')
  [[ $archive == *"$KUBERNETES_VERSION.orig.tar"* ]] ||
    die "the source archive has '$(basename "$archive")', this cluster is made for kubernetes $KUBERNETES_VERSION"
  mkdir -p "$tree/.go/src/k8s.io"
  tar -xf "$archive" -C "$tree" --strip-components=1
  ln -s ../../.. "$tree/.go/src/k8s.io/kubernetes"
  say "building kubernetes $KUBERNETES_VERSION: this takes about 6 minutes on 2 cores, once"
  (
    cd "$tree" || exit
    # Debian's own Go: a later one may be first in the PATH and refuse sources this old.
    [[ ! -d /usr/lib/go/bin ]] || PATH=/usr/lib/go/bin:$PATH
    export GOPATH=$tree/.go GOFLAGS=-mod=vendor CGO_ENABLED=0 GOTOOLCHAIN=local
    export KUBE_GIT_VERSION=v$KUBERNETES_VERSION
    nice make WHAT="${KUBERNETES_PROGRAMS[*]/#/cmd/}" >&2
  )
  local program
  for program in "${KUBERNETES_PROGRAMS[@]}"; do
    cp -L "$tree/_output/bin/$program" "$work/bin/"
  done
}

# download_source WORK PACKAGE: the source package's files, into WORK.
# With package lists of its own, so that the machine's apt configuration stays as it is.
download_source() {
  local work=$1 package=$2 apt="$1/apt"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  source_entries >"$apt/main.sources"
  [[ -s $apt/main.sources ]] || missing "no apt source of Debian bookworm main is configured, kubernetes' source comes from there"
  local options=(-q -o "Dir::Etc::sourcelist=$apt/main.sources" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update >&2 || missing "apt-get could not read the source package lists"
  (cd "$work" && apt-get "${options[@]}" source --download-only "$package" >&2) ||
    missing "apt-get could not download the source package $package"
}

# Prints deb-src stanzas (deb822) for the mirrors from which the machine gets Debian bookworm main.
# shellcheck disable=SC2016 # $(REPO_URI) is for apt-get
source_entries() {
  local uri
  while read -r uri; do
    { deb822_stanzas && one_line_stanzas; } | awk -v RS= -v uri="${uri%/}" '
      {
        uris = suites = signed = ""
        count = split($0, lines, "\n")
        for (i = 1; i <= count; i++) {
          if (lines[i] ~ /^URIs:/) uris = lines[i] " "
          if (lines[i] ~ /^Suites:/) suites = lines[i] " "
          if (lines[i] ~ /^Signed-By:/) { signed = lines[i]; while (lines[i + 1] ~ /^ /) signed = signed "\n" lines[++i] }
        }
        gsub(/\/ /, " ", uris)
        if (!done && index(uris, " " uri " ") && suites ~ /[: ]bookworm /) {
          print "Types: deb-src\nURIs: " uri "\nSuites: bookworm\nComponents: main" (signed == "" ? "" : "\n" signed) "\n"
          done = 1
        }
      }'
  done < <(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
    'Codename: bookworm' 'Component: main' | sort -u | head -n 1)
}

# The machine's *.sources files, without comments, a blank line between stanzas.
deb822_stanzas() {
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ ! -e $file ]] || { grep -v '^#' "$file" && echo; }
  done
}

# The machine's one-line entries ("deb [options] uri suite component...") in the same form.
one_line_stanzas() {
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ ! -e $file ]] || sed -nE \
      -e 's/^deb +\[.*signed-by=([^] ]+).*\] +([^ ]+) +([^ ]+) .*/URIs: \2\nSuites: \3\nSigned-By: \1\n/p; t' \
      -e 's/^deb +(\[.*\] +)?([^ ]+) +([^ ]+) .*/URIs: \2\nSuites: \3\n/p' "$file"
  done
}
