/// A geometry or a geography, from and for PostGIS and CockroachDB: its bytes (EWKB), of which only the head is read.
///
/// Sent as text, in hexadecimal as both servers print it, without a declared type: the number of the type differs from
/// database to database, and the server infers it.
///
/// ```swift
/// let point = PostgresGeometry("0101000020E6100000000000000000F03F0000000000000040")
/// print(point?.kind ?? .collection, point?.srid ?? 0)  // point 4326
/// ```
///
/// Source: PostGIS manual, "OpenGIS WKB and WKT"; CockroachDB documentation, "Spatial data".
public struct PostgresGeometry: Hashable, Sendable {
    /// The bytes as they came.
    public let bytes: [UInt8]
    /// What it is; nil for a kind that has no name here.
    public let kind: Kind?
    /// The number of its spatial reference system; nil if it says none.
    public let srid: UInt32?
    /// Whether its points have a height.
    public let hasZ: Bool
    /// Whether its points have a measure.
    public let hasM: Bool

    /// The kinds of shapes, by their numbers.
    public enum Kind: UInt32, Hashable, Sendable, CaseIterable {
        case point = 1
        case lineString, polygon, multiPoint, multiLineString, multiPolygon, collection
    }

    private enum Flag {
        static let z: UInt32 = 0x8000_0000
        static let m: UInt32 = 0x4000_0000
        static let srid: UInt32 = 0x2000_0000
    }

    /// Takes bytes as they are; nil if they do not begin as a geometry does.
    public init?(bytes: [UInt8]) {
        let head = WireReader.read(bytes) { reader in try? Self.head(&reader) }
        guard let head else { return nil }
        self.bytes = bytes
        kind = Kind(rawValue: head.code & 0xFF)
        hasZ = head.code & Flag.z != 0
        hasM = head.code & Flag.m != 0
        srid = head.srid
    }

    private static func head(_ reader: inout WireReader) throws(WireError) -> (code: UInt32, srid: UInt32?) {
        let order = try reader.readUInt8()
        guard order <= 1 else { throw .invalidValue }
        func word(_ reader: inout WireReader) throws(WireError) -> UInt32 {
            let word = try reader.readUInt32()
            return order == 1 ? word.byteSwapped : word
        }
        let code = try word(&reader)
        return (code, code & Flag.srid == 0 ? nil : try word(&reader))
    }
}

extension PostgresGeometry {
    /// The bytes in hexadecimal, in capitals.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            for digit in [byte >> 4, byte & 15] {
                let character = hexadecimalCharacter(digit)
                text.append(digit < 10 ? character : character & 0xDF)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension PostgresGeometry: PostgresUndeclared {
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        let bytes = reader.readRemainingBytes()
        let value = PostgresGeometry(bytes: format == .text ? try PostgresBytea.hexadecimal(bytes[...]) : bytes)
        guard let value else { throw .invalidValue }
        self = value
    }
}
