import PostgresWire
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Any bytes make a value or an error, in every decoder; a trap would end the tests.
@Suite(.ownThread) struct HostileBytesTests {
    static let decoders: [any PostgresDecodable.Type] = [
        Bool.self, Int16.self, Int32.self, Int64.self, Int.self, UInt8.self, UInt32.self, PostgresOID.self, Float.self,
        Double.self, String.self, [UInt8].self, PostgresUUID.self, PostgresDate.self, PostgresTimestamp.self,
        PostgresTimestampWithTimeZone.self, PostgresNumeric.self, PostgresJSON.self, PostgresValue.self, UUID.self,
        Date.self, Data.self, Decimal.self, Int32?.self, [Int16].self, [Int32].self, [Int64].self, [Int].self,
        [Float].self, [Double].self, [Int32?].self, [String].self, [String?].self, [[UInt8]].self, [Bool].self,
        [PostgresNumeric].self, [PostgresValue].self, [Decimal?].self, ScalarTests.Mood.self,
        PostgresTime.self, PostgresTimeWithTimeZone.self, PostgresInterval.self, PostgresInet.self, PostgresCIDR.self,
        PostgresMACAddress.self, PostgresMACAddress8.self, PostgresBits.self, PostgresMoney.self, PostgresLSN.self,
        PostgresTransactionID.self, PostgresFullTransactionID.self, PostgresCommandID.self, PostgresTupleID.self,
        PostgresSnapshot.self, PostgresPoint.self, PostgresLine.self, PostgresLineSegment.self, PostgresBox.self,
        PostgresPath.self, PostgresPolygon.self, PostgresCircle.self,
        PostgresArray<Int32?>.self, PostgresArray<String?>.self, PostgresArray<PostgresValue>.self,
        PostgresRange<Int32>.self, PostgresRange<PostgresNumeric>.self, PostgresMultirange<PostgresTimestamp>.self,
        [PostgresRange<PostgresDate>].self, PostgresRecord.self, [PostgresRecord].self, PostgresTSVector.self,
        PostgresTSQuery.self, PostgresJSONPath.self, PostgresXML.self, PostgresHStore.self, PostgresLTree.self,
        PostgresCube.self, PostgresVector.self, PostgresHalfVector.self, PostgresSparseVector.self,
        PostgresGeometry.self, [[Int32]].self, [[String?]].self, Int8.self, UInt16.self, UInt64.self,
        PostgresArray<PostgresInterval?>.self, PostgresRange<Date>.self, CompositeTests.Person.self,
        CompositeTests.Mood.self,
    ]

    static let types: [PostgresOID] = [
        .bool, .bytea, .char, .name, .int8, .int2, .int4, .oid, .text, .float4, .float8, .date, .timestamp,
        .timestamptz, .numeric, .uuid, .json, .jsonb, .xid, .int4Array, .int2Array, .int8Array, .textArray,
        .float4Array, .float8Array, .numericArray, .boolArray, .byteaArray, .int2vector, .boxArray, .record,
        .time, .timetz, .interval, .inet, .cidr, .macaddr, .macaddr8, .bit, .varbit, .money, .pgLsn, .xid8, .cid, .tid,
        .pgSnapshot, .txidSnapshot, .point, .line, .lseg, .box, .path, .polygon, .circle,
        .int4range, .numrange, .tsmultirange, .daterange, .daterangeArray, .tsvector, .tsquery, .jsonpath, .xml,
        .oidvector, .recordArray, .unspecified, PostgresOID(rawValue: 16400),
    ]

    /// What is read can also be printed, compared and sent.
    private func use<Value: PostgresDecodable>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat
    ) -> Bool {
        guard let value = try? decoded(Value.self, bytes, type, format) else { return false }
        _ = "\(value)"
        _ = (value as? any Hashable)?.hashValue
        if let value = value as? any PostgresEncodable {
            var writer = WireWriter()
            value.encode(into: &writer)
        }
        return true
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for decoder in Self.decoders {
            for _ in 0..<400 {
                let type = Self.types.randomElement(using: &generator) ?? .int4
                let format = Bool.random(using: &generator) ? PostgresFormat.binary : .text
                let count = Int.random(in: 0...48, using: &generator)
                // Small numbers make lengths and counts that are nearly right.
                let bound: UInt8 = Bool.random(using: &generator) ? 3 : 255
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...bound, using: &generator) }
                if use(decoder, bytes, type, format) { accepted += 1 }
            }
        }
        #expect(accepted > 0)
    }

    @Test func randomTexts() {
        let alphabet = Array("0123456789-+.eE:{},\"\\ NULBCx[]=infityaT/".utf8)
        var generator = SeededGenerator(seed: 5)
        for decoder in Self.decoders {
            for _ in 0..<600 {
                let count = Int.random(in: 0...24, using: &generator)
                let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
                let type = Self.types.randomElement(using: &generator) ?? .int4
                _ = use(decoder, bytes, type, .text)
            }
        }
    }

    /// Right values with one byte changed, or cut short, or with a byte too many.
    @Test func damagedValues() throws {
        var generator = SeededGenerator(seed: 6)
        let values: [any PostgresEncodable] = [
            PostgresNumeric("-123456789012345678901234567890123456789012345.6789"),
            PostgresNumeric("19.90"), [1, 2, 3] as [Int32], [1, nil, 3] as [Int64?], [1.5, 2] as [Double],
            [[1, 2], [3]] as [[UInt8]], PostgresTimestamp(microsecondsSince2000: 1), PostgresJSON("{}"),
            ["a", "b,c", nil] as [String?], PostgresUUID(high: 1, low: 2), Decimal(1.5), Date(timeIntervalSince1970: 0),
        ]
        for value in values {
            var writer = WireWriter()
            value.encode(into: &writer)
            let type = value.postgresType == .unspecified ? value.postgresFallbackType : value.postgresType
            let original = writer.bytes
            for _ in 0..<200 {
                var bytes = original
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
                case 1: bytes.append(UInt8.random(in: 0...255, using: &generator))
                default:
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = UInt8.random(in: 0...255, using: &generator)
                }
                for decoder in Self.decoders { _ = use(decoder, bytes, type, value.postgresFormat) }
            }
        }
    }
}
