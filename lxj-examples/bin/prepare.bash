# shellcheck shell=bash disable=SC2034
# What the programs in this folder begin with: builds lxj where that is needed, and sets
#   java_home       the JDK's folder
#   class_path      lxj with all that it needs
#   native_access   an option for java, if this one has to be told that native code is meant
# Messages go to the standard error.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
class_path_file=$project/lxj-examples/target/class-path
log=$project/lxj-examples/target/build.log

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Whether a source is newer than the last build, or what was built is gone.
is_stale() {
    [ -s "$class_path_file" ] || return 0
    local entry
    while read -r -d : entry; do [ -e "$entry" ] || return 0; done <<<"$(<"$class_path_file"):"
    [ -n "$(find "$project/pom.xml" "$project"/lxj-*/pom.xml "$project"/lxj-*/src/main -newer "$class_path_file" -print -quit)" ]
}

# As whom to build: with sudo in a checkout of one's own, nothing in it should become root's.
as_owner() {
    local owner
    owner=$(stat -c %u "$project")
    if [ "$(id -u)" = 0 ] && [ "$owner" != 0 ] && [ "$owner" = "${SUDO_UID:-}" ]; then
        sudo -H -u "#$owner" -- env "PATH=$PATH" ${JAVA_HOME:+"JAVA_HOME=$JAVA_HOME"} "$@"
    else
        "$@"
    fi
}

# Tells what Maven is at: each module, and how many files it has downloaded.
show_progress() {
    local line downloads=0
    while IFS= read -r line; do
        case $line in
            *'] Building lxj'*)
                line=${line#*] Building }
                printf '  %s\n' "${line%% *}" >&2
                ;;
            *'Downloaded from '*)
                downloads=$((downloads + 1))
                [ $((downloads % 50)) != 0 ] || printf '    %d files downloaded\n' "$downloads" >&2
                ;;
        esac
    done
}

build() {
    command -v mvn >/dev/null || fail "Maven is needed to build lxj: apt install maven"
    [ -e "$HOME/.m2/repository" ] || echo 'Building lxj (the first time, Maven downloads what it needs)' >&2
    [ ! -e "$HOME/.m2/repository" ] || echo 'Building lxj' >&2
    local started=$SECONDS
    as_owner mkdir -p "$(dirname "$log")"
    as_owner rm -f "$class_path_file"
    if ! (cd "$project" && as_owner mvn --batch-mode --projects lxj-examples --also-make process-classes </dev/null 2>&1) |
        as_owner tee "$log" | show_progress; then
        grep -m 20 '^\[ERROR\]' "$log" >&2 || tail -n 20 "$log" >&2
        fail "the build failed; its output is in $log"
    fi
    printf 'Built in %d s\n\n' "$((SECONDS - started))" >&2
}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || fail "Java 17 or later is needed: apt install openjdk-17-jdk-headless"

! is_stale || build

java_home=$(dirname "$(dirname "$(readlink -f "$(command -v "$java")")")")
class_path=$(<"$class_path_file")
native_access=()
java_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java_home/release" 2>/dev/null || true)
# 17 doesn't know the option yet.
[ "${java_version:-17}" -lt 22 ] || native_access=(--enable-native-access=ALL-UNNAMED)
