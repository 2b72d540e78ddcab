import COpenSSL

/// The preparation of a password for SCRAM, by which spellings that look the same become the same bytes.
///
/// It is PostgreSQL's variant: what RFC 4013 prohibits, and what is not UTF-8, is used as it is; prohibited characters
/// and directions are looked for before the normalization; ASCII is never changed.
///
/// Source: RFC 4013, RFC 3454, Unicode Standard Annex 15; PostgreSQL manual, "SASL Authentication".
enum SASLprep {
    /// The sets that the preparation asks; made when the first password that is not ASCII needs them.
    struct Tables {
        static let shared = Tables()

        let spaces = RangeTable(SASLprep.spaces)
        let dropped = RangeTable(SASLprep.dropped)
        let refused = RangeTable(SASLprep.refused)
        let rightToLeft = RangeTable(SASLprep.rightToLeft)
        let leftToRight = RangeTable(SASLprep.leftToRight)
    }

    /// The prepared password, or the same one where there is nothing to prepare or the preparation fails.
    static func prepare(_ password: Secret) -> Secret {
        var bytes = password.copyBytes()
        defer { Digests.wipe(&bytes) }
        guard bytes.contains(where: { $0 >= 0x80 }) else { return password }
        guard var prepared = prepare(bytes) else { return password }
        defer { Digests.wipe(&prepared) }
        return Secret(prepared)
    }

    /// The prepared bytes; nil if the text is not UTF-8, or nothing is left of it, or it may not be prepared.
    static func prepare(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        // Room for all of them from the start: an array that grows leaves copies behind that nobody wipes.
        var scalars: [UInt32] = []
        scalars.reserveCapacity(bytes.count)
        defer { wipe(&scalars) }
        guard decode(bytes, into: &scalars), !scalars.isEmpty, mayBePrepared(scalars) else { return nil }
        var normalized = Normalizer.shared.decompose(scalars)
        defer { wipe(&normalized) }
        Normalizer.shared.compose(&normalized)
        var result: [UInt8] = []
        result.reserveCapacity(4 * normalized.count)
        for value in normalized {
            // Tables and arithmetic make no surrogates; one would not be encodable.
            guard let scalar = Unicode.Scalar(value) else {
                Digests.wipe(&result)
                return nil
            }
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return result
    }

    /// Reads UTF-8 and maps spaces and what is left out; false if it is no UTF-8.
    private static func decode(_ bytes: [UInt8], into scalars: inout [UInt32]) -> Bool {
        let tables = Tables.shared
        var decoder = UTF8()
        var input = bytes.makeIterator()
        while true {
            switch decoder.decode(&input) {
            case .emptyInput:
                return true
            case .error:
                return false
            case .scalarValue(let scalar):
                let value = scalar.value
                if tables.spaces.contains(value) {
                    scalars.append(0x20)
                } else if !tables.dropped.contains(value) {
                    scalars.append(value)
                }
            }
        }
    }

    /// Whether nothing is prohibited or unassigned and the directions of writing do not mix.
    private static func mayBePrepared(_ scalars: [UInt32]) -> Bool {
        let tables = Tables.shared
        guard !scalars.contains(where: tables.refused.contains) else { return false }
        guard scalars.contains(where: tables.rightToLeft.contains) else { return true }
        guard let first = scalars.first, let last = scalars.last else { return false }
        return tables.rightToLeft.contains(first) && tables.rightToLeft.contains(last)
            && !scalars.contains(where: tables.leftToRight.contains)
    }

    /// Overwrites code points in a way that the optimizer keeps.
    static func wipe(_ scalars: inout [UInt32]) {
        unsafe scalars.withUnsafeMutableBytes { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
    }
}
