#!/bin/sh
# Installs the Debian or Ubuntu packages that building and testing Manticore takes, and does nothing when they are there.
#
#   Fixtures/install-packages.sh
#
# Run by root or by somebody who may use sudo. PostgreSQL comes without a cluster and without a running service, and
# PgBouncer without one, since the tests and the demo start servers of their own; what is installed already is left
# alone, running or not.
set -eu

missing=
need() { missing="$missing $1"; }

pkg-config --exists openssl 2>/dev/null || need libssl-dev
command -v pkg-config >/dev/null || need pkg-config
command -v openssl >/dev/null || need openssl
command -v git >/dev/null || need git
[ -s /etc/ssl/certs/ca-certificates.crt ] || [ -s /etc/ssl/cert.pem ] || need ca-certificates

server=$(command -v postgres || true)
for program in /usr/lib/postgresql/*/bin/postgres /opt/homebrew/opt/postgresql*/bin/postgres; do
    if [ -x "$program" ]; then server=$program; fi
done
[ -n "$server" ] || need postgresql
command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || need pgbouncer

if [ -z "$missing" ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
    echo "Missing, and not to be installed by this script on this system:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null; then exec sudo sh "$0"; fi
    echo "Only root can install what is missing: apt-get install$missing" >&2
    exit 1
fi

saved=
ours=
restore() {
    if [ -n "$saved" ]; then cp -p "$saved" "$settings" && rm -f "$saved"; fi
    if [ -n "$ours" ]; then rm -f "$ours"; fi
}
trap restore EXIT
trap 'exit 1' HUP INT TERM

export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -q -y -o DPkg::Lock::Timeout=600 "$@"; }

# The lock on the package lists is not waited for by apt-get itself.
attempt=1
until apt update; do
    if [ "$attempt" -eq 5 ]; then exit 1; fi
    attempt=$((attempt + 1))
    sleep 10
done

case $missing in
*postgresql*)
    # The server's package would make a cluster and start it; said otherwise only while it is installed.
    apt install --no-install-recommends postgresql-common
    settings=/etc/postgresql-common/createcluster.conf
    copy=$(mktemp)
    cp -p "$settings" "$copy"
    saved=$copy
    echo "create_main_cluster = false" >>"$settings"
    ;;
esac
# Nor is the pooler to run as a service: the answer 101 forbids it, unless the system has a rule of its own.
policy=/usr/sbin/policy-rc.d
case $missing in
*pgbouncer*)
    if [ ! -e "$policy" ]; then
        ours=$policy
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    ;;
esac
# Names without spaces, so that they may be split.
# shellcheck disable=SC2086
apt install --no-install-recommends $missing
