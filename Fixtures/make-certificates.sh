#!/bin/sh
# Makes the certificates, keys and revocation lists of the TLS tests.
#
# usage: make-certificates.sh DIR
#
# DIR must not exist. Needs nothing but a POSIX shell and the command openssl (3.0 or newer). Everything is made anew at
# each run and good for a week; what it is for stands beside each.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIR" >&2
    exit 2
fi
umask 077
mkdir "$1"
cd "$1"

# A configuration of our own: the system's may be missing or ask questions.
cat > openssl.cnf <<'END'
[req]
distinguished_name = name
prompt = no
string_mask = utf8only
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
[no_authority]
basicConstraints = critical, CA:FALSE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[any]
[ca]
database = $ENV::DATABASE
default_md = sha256
policy = any_subject
unique_subject = no
rand_serial = yes
[any_subject]
commonName = optional
END
DATABASE=none
export DATABASE
OPENSSL_CONF="$PWD/openssl.cnf"
export OPENSSL_CONF

serial=100
run() {
    # The messages are of interest only if a command fails.
    if ! openssl "$@" > log 2>&1; then
        echo "openssl $*" >&2
        cat log >&2
        exit 1
    fi
}
ec_key() { run genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# self NAME SUBJECT SECTION [OPTION...]: a certificate that NAME.key signs itself.
self() {
    name=$1 subject=$2 section=$3
    shift 3
    run req -x509 -new -key "$name.key" -subj "$subject" -extensions "$section" -days 7 -out "$name.crt" "$@"
}

# signed NAME KEY AUTHORITY SUBJECT SECTION [NAMES]: a certificate that an authority signs; NAMES is subjectAltName.
signed() {
    serial=$((serial + 1))
    { cat openssl.cnf; echo "[this]"; sed -n "/^\[$5\]/,/^\[/p" openssl.cnf | grep -v '^\['; } > this.cnf
    [ -z "${6:-}" ] || echo "subjectAltName = $6" >> this.cnf
    run req -new -key "$2" -subj "$4" -out this.csr
    run x509 -req -in this.csr -CA "$3.crt" -CAkey "$3.key" -set_serial "$serial" -days 7 -sha256 \
        -extfile this.cnf -extensions this -out "$1.crt"
}

# dated NAME KEY AUTHORITY SUBJECT FROM TO NAMES: the same with dates, as YYYYMMDDHHMMSSZ.
dated() {
    { cat openssl.cnf; printf '[this]\nextendedKeyUsage = serverAuth\nsubjectAltName = %s\n' "$7"; } > this.cnf
    : > dated.db
    run req -new -key "$2" -subj "$4" -out this.csr
    DATABASE=dated.db run ca -batch -config this.cnf -name ca -notext -in this.csr -cert "$3.crt" -keyfile "$3.key" \
        -startdate "$5" -enddate "$6" -extensions this -outdir . -out "$1.crt"
}

# list NAME AUTHORITY [CERTIFICATE]: an authority's revocation list, with that certificate in it.
list() {
    : > list.db
    if [ -n "${3:-}" ]; then
        DATABASE=list.db run ca -config openssl.cnf -name ca -cert "$2.crt" -keyfile "$2.key" -revoke "$3.crt"
    fi
    DATABASE=list.db run ca -config openssl.cnf -name ca -cert "$2.crt" -keyfile "$2.key" -gencrl -crldays 7 \
        -out "$1.crl"
}

# directory NAME LIST...: a directory with the lists under OpenSSL's hashed names.
directory() {
    mkdir "$1"
    into=$1
    shift
    for file in "$@"; do
        cp "$file.crl" "$into/$(openssl crl -hash -noout -in "$file.crl").r0"
    done
}

# Authorities: a root with an authority for servers and one for clients, and a root of somebody else.
for name in root other server_ca client_ca false_ca server client; do ec_key $name.key; done
self root "/CN=Manticore test root" authority
self other "/CN=Manticore other root" authority
signed server_ca server_ca.key root "/CN=Manticore test CA for servers" authority
signed client_ca client_ca.key root "/CN=Manticore test CA for clients" authority
# What says of itself that it is no authority, and signs nevertheless.
signed false_ca false_ca.key root "/CN=Manticore test no CA" no_authority
# What a client believes: the root and the servers' authority, and another's beside it in both orders.
cat root.crt server_ca.crt > roots.crt
cat other.crt root.crt server_ca.crt > roots_other_first.crt
cat root.crt server_ca.crt other.crt > roots_other_last.crt
cat root.crt client_ca.crt > client_roots.crt

# Servers, all with server.key, for each way to carry names.
E=manticore.example
signed localhost server.key server_ca "/CN=localhost" server "DNS:localhost,IP:127.0.0.1,IP:::1"
signed cn_only server.key server_ca "/CN=common-name.$E" server
signed single_san server.key server_ca "/O=Manticore" server "DNS:single.alt-name.$E"
signed multiple_sans server.key server_ca "/O=Manticore" server \
    "DNS:dns1.alt-name.$E,DNS:dns2.alt-name.$E,DNS:*.wildcard.$E"
signed cn_and_sans server.key server_ca "/CN=common-name.$E" server "DNS:dns1.alt-name.$E,DNS:dns2.alt-name.$E"
signed ip_cn server.key server_ca "/CN=192.0.2.1" server
signed ip_in_dns server.key server_ca "/O=Manticore" server "DNS:192.0.2.1"
signed ip_sans server.key server_ca "/O=Manticore" server "IP:192.0.2.1,IP:2001:db8::1"
signed cn_and_ip_sans server.key server_ca "/CN=common-name.$E" server "IP:192.0.2.1,IP:2001:db8::1"
signed ip_cn_and_ip_san server.key server_ca "/CN=192.0.2.2" server "IP:192.0.2.1"
signed ip_cn_and_dns_sans server.key server_ca "/CN=192.0.2.1" server "DNS:dns1.alt-name.$E,DNS:dns2.alt-name.$E"
signed no_names server.key server_ca "/O=Manticore" server
signed many_sans server.key server_ca "/O=Manticore" server \
    "DNS:a.$E,DNS:b.$E,DNS:c.$E,DNS:d.$E,DNS:e.$E,DNS:f.$E"
signed revoked server.key server_ca "/CN=revoked.$E" server "DNS:localhost,IP:127.0.0.1"

# Servers with something wrong. The names by hand: "a", NUL, "b" in a dNSName; an iPAddress of 5 bytes.
signed nul_in_name server.key server_ca "/O=Manticore" server "DER:30:05:82:03:61:00:62"
signed long_address server.key server_ca "/O=Manticore" server "DER:30:07:87:05:C0:00:02:01:09"
signed wrong_purpose server.key server_ca "/CN=localhost" client "DNS:localhost"
signed under_false_ca server.key false_ca "/CN=localhost" server "DNS:localhost"
cat under_false_ca.crt false_ca.crt > under_false_ca_chain.crt
signed of_other server.key other "/CN=localhost" server "DNS:localhost,IP:127.0.0.1"
dated expired server.key server_ca "/CN=localhost" 20200101000000Z 20200201000000Z "DNS:localhost"
dated future server.key server_ca "/CN=localhost" 20900101000000Z 20900201000000Z "DNS:localhost"
run genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out small_rsa.key
signed small_rsa small_rsa.key server_ca "/CN=localhost" server "DNS:localhost"

# One server for each signature that channel binding knows or does not know; each signs itself.
run genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
for digest in sha1 sha224 sha256 sha384 sha512; do
    cp rsa.key rsa_$digest.key
    self rsa_$digest "/CN=localhost" any -$digest
done
for digest in sha256 sha384; do
    cp rsa.key rsa_pss_$digest.key
    self rsa_pss_$digest "/CN=localhost" any -$digest -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1
done
# With a key that can do nothing else.
run genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsa_pss_key.key
self rsa_pss_key "/CN=localhost" any -sha256
for pair in P-256:sha256 P-384:sha384 P-521:sha512; do
    name=ecdsa_${pair#*:}
    run genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${pair%:*}" -out "$name.key"
    self "$name" "/CN=localhost" any "-${pair#*:}"
done
for algorithm in ED25519 ED448; do
    name=$(echo $algorithm | tr ED ed)
    run genpkey -algorithm $algorithm -out "$name.key"
    self "$name" "/CN=localhost" any
done

# Clients; the intermediate in client_chain.crt is what a server needs that knows the root only.
signed client client.key client_ca "/CN=alice" client
signed client_other client.key client_ca "/CN=bob" client
signed client_revoked client.key client_ca "/CN=alice" client
signed client_of_other client.key other "/CN=alice" client
signed client_named client.key client_ca "/O=Manticore/OU=Engineering/OU=Testing/CN=dora" client
cat client.crt client_ca.crt > client_chain.crt
# The keys' password is: dUmmyP^#+
run pkey -in client.key -outform DER -out client.der
run pkcs8 -topk8 -in client.key -v2 aes-256-cbc -passout 'pass:dUmmyP^#+' -out client_encrypted.key
run pkcs8 -topk8 -in client.key -v2 aes-256-cbc -passout 'pass:dUmmyP^#+' -outform DER -out client_encrypted.der
run ec -in client.key -aes256 -passout 'pass:dUmmyP^#+' -out client_traditional.key

# Revocation lists; the tests' clients check the whole chain, and so need those of both authorities.
list root root
list server server_ca
list server_revoking server_ca revoked
list client client_ca
list client_revoking client_ca client_revoked
list other other
cat root.crl server.crl > good.crl
cat root.crl server_revoking.crl > revoking.crl
cat root.crl client.crl > wrong.crl
cat root.crl client_revoking.crl > for_clients.crl
directory good_crls root server
directory revoking_crls root server_revoking
directory wrong_crls root client

rm -f log this.cnf this.csr dated.* list.* *.old openssl.cnf [0-9A-F][0-9A-F]*.pem
