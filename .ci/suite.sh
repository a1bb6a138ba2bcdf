# Sourced: packages of another Debian suite, from the mirror this machine's apt already uses.
# Nothing here changes the system's own sources or its package database.

# suite_apt SUITE DIR ARGS... runs apt-get against SUITE with all its state under DIR.
suite_apt() {
  local suite=$1 dir=$2; shift 2
  mkdir -p "$dir"/{lists/partial,archives/partial,trusted}
  if [ ! -e "$dir/sources.list" ]; then
    local mirror
    mirror=$(apt-get indextargets --format '$(SITE)$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
      sed -E 's#^.*(https?://.*)$#\1#' | grep -v security | head -1)
    [ -n "$mirror" ] || mirror=$(sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *(https?:[^ ]+).*/\3/p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null | head -1)
    [ -n "$mirror" ] || { echo "no Debian mirror in apt's configuration" >&2; return 1; }
    : > "$dir/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$dir/sources.list"
  fi
  apt-get -qq \
    -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$dir/lists" -o Dir::State::status="$dir/status" \
    -o Dir::Cache::archives="$dir/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o APT::Install-Recommends=false \
    -o Debug::NoLocking=true "$@"
}

# suite_unpack SUITE DIR PACKAGE... unpacks the packages and all they depend on into DIR/tree.
suite_unpack() {
  local suite=$1 dir=$2; shift 2
  suite_apt "$suite" "$dir" update
  suite_apt "$suite" "$dir" install --download-only -y "$@" >/dev/null
  mkdir -p "$dir/tree"
  local deb
  for deb in "$dir"/archives/*.deb; do dpkg -x "$deb" "$dir/tree"; done
}
