import ManticoreTesting
import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The certificates of hostile and honest servers, made once by the command `openssl` and removed at the process's end.
struct TransportCertificates {
    /// Good for `localhost`, `db.example` and 127.0.0.1 (or not), and signed in some way.
    enum Kind: String, CaseIterable {
        /// Good for this machine.
        case good
        /// For another host.
        case otherHost
        /// For this machine, from an authority that nobody trusts.
        case stranger
        /// Signed in ways for which no channel binding is defined.
        case ed25519, ed448
    }

    static let shared = Result { try TransportCertificates() }

    let folder: String

    /// The authority's certificate.
    var authority: String { folder + "/ca.crt" }

    /// How a server shows the certificate of this kind.
    func tls(_ kind: Kind) -> ScriptedServer.TLS {
        ScriptedServer.TLS(
            certificateFile: "\(folder)/\(kind.rawValue).crt", keyFile: "\(folder)/\(kind.rawValue).key")
    }

    /// What SCRAM-SHA-256-PLUS is bound to where the good certificate is shown: the hash of the certificate.
    func channelBinding() throws -> [UInt8] {
        let file = unsafe open(folder + "/good.der", O_RDONLY)
        defer { _ = close(file) }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe read(file, &bytes, bytes.count)
        guard count > 0 else { throw Failure(description: "the certificate cannot be read") }
        return try Digests.sha256(Array(bytes.prefix(count)))
    }

    private init() throws {
        var template = Array("/tmp/manticore-hostile-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { throw Failure(description: "no folder could be made") }
        folder = unsafe String(cString: made)
        TransportCertificates.removeAtExit(folder)
        let script = """
            set -e; cd \(folder); exec >log 2>&1
            authority() {
              openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -config /dev/null \
                -subj "/CN=$1" -keyout $1.key -out $1.crt -addext basicConstraints=critical,CA:TRUE
            }
            server() {
              name=$1 ca=$2 names=$3; shift 3
              openssl req -new "$@" -nodes -config /dev/null -subj /CN=$name -keyout $name.key -out $name.csr
              printf 'subjectAltName=%s\\n' $names > $name.ext
              openssl x509 -req -in $name.csr -CA $ca.crt -CAkey $ca.key -days 7 -extfile $name.ext -out $name.crt \
                -CAcreateserial
            }
            here=DNS:localhost,DNS:db.example,IP:127.0.0.1
            ec='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1'
            authority ca
            authority unknown
            openssl genpkey -algorithm ed25519 -out ca-ed25519.key
            openssl genpkey -algorithm ed448 -out ca-ed448.key
            server good ca $here $ec
            server otherHost ca DNS:other.example $ec
            server stranger unknown $here $ec
            for kind in ed25519 ed448; do
              openssl req -x509 -key ca-$kind.key -days 7 -config /dev/null -subj /CN=ca-$kind -out ca-$kind.crt \
                -addext basicConstraints=critical,CA:TRUE
              server $kind ca-$kind $here $ec
              cat ca-$kind.crt >> ca.crt
            done
            openssl x509 -in good.crt -outform DER -out good.der
            """
        guard unsafe system(script) == 0 else {
            throw Failure(description: "the command openssl could not make certificates")
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static func removeAtExit(_ folder: String) {
        TransportCertificates.made.withLock { $0 = folder }
        _ = atexit {
            let folder = TransportCertificates.made.value
            if !folder.isEmpty { _ = unsafe system("rm -rf '\(folder)'") }
        }
    }

    private static let made = Guarded("")
}
