import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The names that a certificate is good for, and libpq's rules for matching a host against them.
///
/// Source: libpq's `pq_verify_peer_name_matches_certificate`; RFC 6125.
struct CertificateNames {
    /// The subject in one line.
    let subject: String
    private let commonName: [UInt8]?
    private let dnsNames: [[UInt8]]
    private let addresses: [[UInt8]]

    init(subject: String, commonName: [UInt8]?, dnsNames: [[UInt8]], addresses: [[UInt8]]) {
        (self.subject, self.commonName, self.dnsNames, self.addresses) = (subject, commonName, dnsNames, addresses)
    }

    init(_ certificate: OpaquePointer) {
        let name = unsafe X509_get_subject_name(certificate)
        subject = unsafe TLSCertificate.line(name)
        let index = unsafe X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        if index >= 0, let entry = unsafe X509_NAME_get_entry(name, index) {
            commonName = unsafe X509_NAME_ENTRY_get_data(entry).map { unsafe CertificateNames.bytes($0) }
        } else {
            commonName = nil
        }
        var dnsNames: [[UInt8]] = []
        var addresses: [[UInt8]] = []
        if let raw = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) {
            let names = OpaquePointer(raw)
            let count = unsafe manticore_sk_GENERAL_NAME_num(names)
            for index in 0..<max(0, count) {
                guard let name = unsafe manticore_sk_GENERAL_NAME_value(names, index) else { continue }
                var type: Int32 = 0
                guard let value = unsafe GENERAL_NAME_get0_value(name, &type) else { continue }
                guard type == GEN_DNS || type == GEN_IPADD else { continue }
                let bytes = unsafe CertificateNames.bytes(value.assumingMemoryBound(to: ASN1_STRING.self))
                if type == GEN_DNS { dnsNames.append(bytes) } else { addresses.append(bytes) }
            }
            unsafe manticore_GENERAL_NAMES_free(names)
        }
        self.dnsNames = dnsNames
        self.addresses = addresses
        ERR_clear_error()
    }

    private static func bytes(_ string: UnsafePointer<ASN1_STRING>) -> [UInt8] {
        let length = unsafe Int(ASN1_STRING_length(string))
        guard length > 0, let data = unsafe ASN1_STRING_get0_data(string) else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: data, count: length))
    }

    /// Checks that the certificate is good for `host`, the name as the user typed it.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/tls``, naming the host and the certificate's names.
    func verify(host: String) throws(PostgresError) {
        guard !host.isEmpty else {
            throw PostgresError(.tls, "sslmode=verify-full needs a host name to compare the certificate with")
        }
        let wanted = Array(host.utf8)
        let address = CertificateNames.address(host)
        if dnsNames.contains(where: { $0.contains(0) }) || commonName?.contains(0) == true {
            throw PostgresError(.tls, "the server's certificate\(quotedSubject) holds a name with a NUL byte")
        }
        if let odd = addresses.first(where: { $0.count != 4 && $0.count != 16 }) {
            throw PostgresError(
                .tls, "the server's certificate\(quotedSubject) holds an IP address of \(odd.count) bytes")
        }
        // An asterisk stands for a label of a name; an address has none.
        func covers(_ pattern: [UInt8]) -> Bool {
            CertificateNames.matches(pattern, wanted) && (address == nil || pattern.first != UInt8(ascii: "*"))
        }
        if dnsNames.contains(where: covers) { return }
        if let address, addresses.contains(address) { return }
        // The common name counts only where no alternative name of the host's kind is given.
        let hasNameOfKind = address == nil ? !dnsNames.isEmpty : !addresses.isEmpty
        if !hasNameOfKind, let commonName, covers(commonName) { return }
        throw PostgresError(
            .tls,
            """
            the server's certificate\(quotedSubject) is for \(listing), not for \(host); if that is the right server, \
            connect by a name that the certificate carries, or give its address as hostaddr and such a name as host
            """)
    }

    private var quotedSubject: String { subject.isEmpty ? "" : " (\(subject))" }

    /// The alternative names; the common name where there are none.
    var all: [String] {
        var names = dnsNames.map { String(decoding: $0, as: UTF8.self) }
        names += addresses.map(CertificateNames.text)
        if names.isEmpty, let commonName { names.append(String(decoding: commonName, as: UTF8.self)) }
        return names
    }

    /// The names for an error: not more of them than a person reads.
    var listing: String {
        let names = all
        guard !names.isEmpty else { return "no name at all" }
        let shown = names.prefix(CertificateNames.mostNamesShown).map { String($0.prefix(255)) }
        let rest = names.count - shown.count
        let list = shown.joined(separator: ", ")
        return rest == 0 ? list : "\(list) (and \(rest) other \(rest == 1 ? "name" : "names"))"
    }

    private static let mostNamesShown = 4

    private static func text(_ address: [UInt8]) -> String {
        guard address.count == 4 || address.count == 16 else { return "a malformed address" }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = address.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, address, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The bytes of a host that libpq takes for an address: whatever `inet_aton` reads, which is also `127.1` and
    /// `192.000.002.001`, and IPv6 as it is usually written.
    static func address(_ host: String) -> [UInt8]? {
        guard !host.utf8.contains(0) else { return nil }
        var four = in_addr()
        if unsafe inet_aton(host, &four) != 0 { return unsafe withUnsafeBytes(of: &four) { unsafe Array($0) } }
        return NumericAddress.bytes(host)
    }

    /// Whether a certificate's DNS name covers a host: equal without regard to ASCII case, or `*.` and one label.
    static func matches(_ pattern: [UInt8], _ host: [UInt8]) -> Bool {
        func equal(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
            left.elementsEqual(right) { lowercased($0) == lowercased($1) }
        }
        if equal(pattern[...], host[...]) { return true }
        guard pattern.count >= 3, pattern.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else { return false }
        let suffix = pattern.dropFirst()
        guard host.count > suffix.count, equal(suffix, host.suffix(suffix.count)) else { return false }
        return !host.dropLast(suffix.count).contains(UInt8(ascii: "."))
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
