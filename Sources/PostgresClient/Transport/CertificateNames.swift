import COpenSSL

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
        var line = [CChar](repeating: 0, count: 512)
        _ = unsafe X509_NAME_oneline(name, &line, Int32(line.count))
        subject = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
                let bytes = unsafe CertificateNames.bytes(value.assumingMemoryBound(to: ASN1_STRING.self))
                if type == GEN_DNS { dnsNames.append(bytes) }
                if type == GEN_IPADD { addresses.append(bytes) }
            }
            unsafe manticore_GENERAL_NAMES_free(names)
        }
        self.dnsNames = dnsNames
        self.addresses = addresses
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
        let address = ConnectionConfiguration.numericAddress(host)
        if dnsNames.contains(where: { $0.contains(0) }) || commonName?.contains(0) == true {
            throw PostgresError(.tls, "the server's certificate holds a name with a NUL byte")
        }
        if addresses.contains(where: { $0.count != 4 && $0.count != 16 }) {
            throw PostgresError(.tls, "the server's certificate holds a malformed IP address")
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
            "the server's certificate is for \(listing), not for \(host); if that is the right server, connect by one of these names"
        )
    }

    private var listing: String {
        var names = dnsNames.map { String(decoding: $0, as: UTF8.self) }
        names += addresses.map { $0.count == 4 ? $0.map(String.init).joined(separator: ".") : "an IPv6 address" }
        if names.isEmpty, let commonName { names.append(String(decoding: commonName, as: UTF8.self)) }
        return names.isEmpty ? "no name at all" : names.joined(separator: ", ")
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
