/// Writes a value in the binary form of its column's type: binary COPY coerces nothing.
///
/// A value of the column's type goes as it is. Integers become those of another width, and floating-point numbers or
/// `numeric`, where nothing is lost; `Double` is rounded to `float4` as an assignment would. Text goes into the types whose
/// bytes are their text. What goes as text elsewhere and is of a type with a form of its own (arrays of texts, hstore,
/// composite values, ranges, vectors) is read as that type and written anew.
package struct CopyConversion: Sendable {
    private let catalog: PostgresTypeCatalog

    package init(_ catalog: PostgresTypeCatalog) {
        self.catalog = catalog
    }

    /// Writes a value that is not NULL.
    ///
    /// - Throws: ``WireError/typeMismatch`` if values of its type do not go into such a column, ``WireError/outOfRange`` if
    ///   this one does not; whatever else encoding it comes to.
    package func encode<Value: PostgresEncodable>(
        _ value: Value, as type: PostgresOID, into writer: inout WireWriter
    ) throws(WireError) {
        if Value.self == PostgresValue.self, let dynamic = value as? PostgresValue {
            return try encode(dynamic: dynamic, as: type, into: &writer)
        }
        // A UInt8 declares itself as "char", and is a number all the same.
        if Value.self == UInt8.self, type != .char, let byte = value as? UInt8 {
            return try write(integer: Int64(byte), type, &writer)
        }
        let own = value.postgresType
        if value.postgresFormat == .binary {
            if own == type {
                value.encode(into: &writer)
                if let failure = writer.failure { throw failure }
                return
            }
            let scratch = try Self.scratch(value)
            return try WireReader.read(scratch) { (reader) throws(WireError) in
                try convert(&reader, own, to: type, into: &writer)
            }
        }
        let text = try Self.scratch(value)
        if try encode(text: text, as: type, into: &writer) { return }
        // A text is of no type but these, whatever it says.
        guard !(value is String), !(value is Substring), !(value is any RawRepresentable) else { throw .typeMismatch }
        try encode(parsing: text, as: type, into: &writer)
    }

    private static func scratch<Value: PostgresEncodable>(_ value: Value) throws(WireError) -> [UInt8] {
        var writer = WireWriter()
        value.encode(into: &writer)
        if let failure = writer.failure { throw failure }
        return writer.bytes
    }

    /// Writes what is in the binary form of one type as another.
    private func convert(
        _ reader: inout WireReader, _ own: PostgresOID, to type: PostgresOID, into writer: inout WireWriter
    ) throws(WireError) {
        switch own {
        case .int2, .int4, .int8, .oid:
            let integer = try PostgresInteger.decode(Int64.self, from: &reader, type: own, format: .binary)
            try write(integer: integer, type, &writer)
        case .float8 where type == .float4:
            let double = try reader.readDouble()
            let single = Float(double)
            guard single.isFinite || !double.isFinite else { throw .outOfRange }
            writer.write(single)
        case .float4 where type == .float8:
            writer.write(Double(try reader.readFloat()))
        // One form for both of each.
        case .bit where type == .varbit, .varbit where type == .bit, .pgSnapshot where type == .txidSnapshot,
            .txidSnapshot where type == .pgSnapshot:
            writer.write(bytes: reader.readRemainingBytes())
        default:
            let value = try PostgresValue(from: &reader, type: own, format: .binary)
            // A value that has no parts says with its type that it is of another.
            try encode(parts: value, as: type, into: &writer)
        }
    }

    private func write(
        integer: Int64, _ type: PostgresOID, _ writer: inout WireWriter
    ) throws(WireError) {
        func word<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) throws(WireError) {
            guard let word = Word(exactly: integer) else { throw .outOfRange }
            writer.append(word)
        }
        switch type {
        case .int2: try word(Int16.self)
        case .int4: try word(Int32.self)
        case .int8: try word(Int64.self)
        case .oid, .xid, .cid, .regproc, .regprocedure, .regoper, .regoperator, .regclass, .regtype, .regconfig,
            .regdictionary, .regnamespace, .regrole, .regcollation:
            try word(UInt32.self)
        case .xid8: try word(UInt64.self)
        case .float4:
            guard let value = Float(exactly: integer) else { throw .outOfRange }
            writer.write(value)
        case .float8:
            guard let value = Double(exactly: integer) else { throw .outOfRange }
            writer.write(value)
        case .numeric: PostgresNumeric(integer).encode(into: &writer)
        default: throw .typeMismatch
        }
    }

    /// Writes a text if the type's bytes are its text, with or without a version before it; false if they are not.
    private func encode(text: [UInt8], as type: PostgresOID, into writer: inout WireWriter) throws(WireError) -> Bool {
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .xml, .unknown, .cstring, .refcursor: break
        case .jsonb, .jsonpath: writer.write(1 as UInt8)
        case .char:
            guard text.count <= 1 else { throw .outOfRange }
            writer.write(text.first ?? 0)
            return true
        default:
            guard type.isUserDefined else { return false }
            let base = catalog.baseType(of: type)
            guard base == type else { return try encode(text: text, as: base, into: &writer) }
            switch catalog[type]?.kind {
            case .enumeration, nil: break
            case .base?:
                switch catalog[type]?.name {
                case "citext": break
                case "ltree", "lquery", "ltxtquery": writer.write(1 as UInt8)
                default: return false
                }
            default: return false
            }
        }
        writer.write(bytes: text)
        return true
    }

    /// Writes a value anew that was written as the server would print it.
    private func encode(parsing text: [UInt8], as type: PostgresOID, into writer: inout WireWriter) throws(WireError) {
        let value = try WireReader.read(text) { (reader) throws(WireError) -> PostgresValue in
            try PostgresValue(from: &reader, type: type, format: .text, resolving: catalog)
        }
        try encode(parts: value, as: type, into: &writer)
    }

    // MARK: - Dynamic values

    private func encode(
        dynamic value: PostgresValue, as type: PostgresOID, into writer: inout WireWriter
    ) throws(WireError) {
        let type = catalog.baseType(of: type)
        switch value {
        case _ where value.postgresFormat == .binary && value.postgresType == type:
            value.encode(into: &writer)
            if let failure = writer.failure { throw failure }
        case .text(let text, _) where type == .char:
            PostgresValue.text(text, type: .char).encode(into: &writer)
            if let failure = writer.failure { throw failure }
        case .array, .range, .multirange, .record, .hstore, .cube, .vector, .halfVector, .sparseVector, .geometry:
            return try encode(parts: value, as: type, into: &writer)
        case .text(let text, _) where value.postgresFormat == .text:
            guard try encode(text: Array(text.utf8), as: type, into: &writer) else { throw .typeMismatch }
        case .unknown(let own, .binary, let bytes):
            guard own == type else { throw .typeMismatch }
            writer.write(bytes: bytes)
        case .int2vector(let numbers):
            guard type == .int2vector else { throw .typeMismatch }
            try encodeVector(numbers, of: .int2, into: &writer)
        case .oidvector(let numbers):
            guard type == .oidvector else { throw .typeMismatch }
            try encodeVector(numbers, of: .oid, into: &writer)
        default:
            guard let payload = value.payload else { throw .typeMismatch }
            try encode(scalar: value, payload, as: type, into: &writer)
        }
    }

    private func encode(
        scalar value: PostgresValue, _ payload: some PostgresEncodable, as type: PostgresOID,
        into writer: inout WireWriter
    ) throws(WireError) {
        guard case .int(_, let own) = value, own == type, payload.postgresType != own else {
            return try encode(payload, as: type, into: &writer)
        }
        value.encode(into: &writer)
        if let failure = writer.failure { throw failure }
    }

    /// The vectors of the catalogue are arrays whose indices begin at 0.
    private func encodeVector<Number: PostgresEncodable>(
        _ numbers: [Number], of type: PostgresOID, into writer: inout WireWriter
    ) throws(WireError) {
        let dimensions = numbers.isEmpty ? [] : [ArrayDimension(length: numbers.count, lowerBound: 0)]
        ArrayHeader.encode(dimensions, hasNull: false, elementType: type, into: &writer)
        ArrayCodec.encodeElements(numbers, into: &writer)
    }

    /// Writes a value that is made of others.
    private func encode(
        parts value: PostgresValue, as type: PostgresOID, into writer: inout WireWriter
    ) throws(WireError) {
        let type = catalog.baseType(of: type)
        switch (value, kind(of: type)) {
        case (.array(let array, _), .array(let elementType)):
            let hasNull = array.elements.contains { $0.isNull }
            ArrayHeader.encode(array.dimensions, hasNull: hasNull, elementType: elementType, into: &writer)
            for element in array.elements { try encode(part: element, as: elementType, into: &writer) }
        case (.range(let range, _), .range(let boundType)):
            RangeCodec.encode(try bounds(range, boundType), into: &writer)
        case (.multirange(let multirange, _), .multirange(let rangeType)):
            guard case .range(let boundType) = kind(of: rangeType) else { throw .typeMismatch }
            writer.write(Int32(clamping: multirange.ranges.count))
            for range in multirange.ranges {
                let bounds = try bounds(range, boundType)
                writer.lengthPrefixed { RangeCodec.encode(bounds, into: &$0) }
            }
        case (.record(let record, _), .composite(let fields)):
            guard record.fields.count == fields.count else { throw .invalidLength }
            writer.write(Int32(clamping: fields.count))
            for (field, part) in zip(fields, record.fields) {
                writer.write(field.type)
                try encode(part: part.value, as: field.type, into: &writer)
            }
        case (.interval(let interval), .base) where type == .interval:
            // The infinities, which go as text elsewhere, because servers before 17 do not know them.
            writer.write(interval.microseconds)
            writer.write(interval.days)
            writer.write(interval.months)
        case (_, .base):
            guard try encodeExtension(value, named: catalog[type]?.name ?? "", into: &writer) else {
                throw .typeMismatch
            }
        default:
            throw .typeMismatch
        }
        if let failure = writer.failure { throw failure }
    }

    /// What values of a type are made of, built in or not.
    private func kind(of type: PostgresOID) -> PostgresTypeCatalog.Kind {
        if let element = type.elementType { return .array(of: element) }
        if let bound = type.rangeBoundType { return .range(of: bound) }
        if let range = type.multirangeElementType { return .multirange(of: range) }
        return catalog[type]?.kind ?? .base
    }

    private func encode(
        part value: PostgresValue, as type: PostgresOID, into writer: inout WireWriter
    ) throws(WireError) {
        guard !value.isNull else { return writer.write(Int32(-1)) }
        var failure: WireError?
        writer.lengthPrefixed { writer in
            do throws(WireError) { try encode(dynamic: value, as: type, into: &writer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The range with its bounds in the binary form of their type.
    private func bounds(
        _ range: PostgresRange<PostgresValue>, _ type: PostgresOID
    ) throws(WireError) -> PostgresRange<EncodedBound> {
        func endpoint(
            _ endpoint: PostgresRange<PostgresValue>.Endpoint
        ) throws(WireError) -> PostgresRange<EncodedBound>.Endpoint {
            func encoded(_ value: PostgresValue) throws(WireError) -> EncodedBound {
                var writer = WireWriter()
                try encode(dynamic: value, as: type, into: &writer)
                return EncodedBound(bytes: writer.bytes)
            }
            return switch endpoint {
            case .unbounded: .unbounded
            case .inclusive(let value): .inclusive(try encoded(value))
            case .exclusive(let value): .exclusive(try encoded(value))
            }
        }
        guard case .bounds(let lower, let upper) = range else { return .empty }
        return .bounds(try endpoint(lower), try endpoint(upper))
    }

    private struct EncodedBound: PostgresEncodable, Hashable {
        let bytes: [UInt8]
        var postgresType: PostgresOID { .unspecified }
        var postgresFormat: PostgresFormat { .binary }
        func encode(into writer: inout WireWriter) { writer.write(bytes: bytes) }
    }

    // MARK: - Extensions

    /// Writes a value of a type of an extension; false if it is none of those whose form is known.
    private func encodeExtension(
        _ value: PostgresValue, named name: String, into writer: inout WireWriter
    ) throws(WireError) -> Bool {
        switch (value, name) {
        case (.hstore(let store), "hstore"):
            writer.write(Int32(clamping: store.pairs.count))
            for pair in store.pairs {
                writer.lengthPrefixed { $0.write(utf8: pair.key) }
                if let text = pair.value {
                    writer.lengthPrefixed { $0.write(utf8: text) }
                } else {
                    writer.write(Int32(-1))
                }
            }
        case (.vector(let vector), "vector"):
            guard let count = Int16(exactly: vector.elements.count) else { throw .tooLarge }
            writer.write(count)
            writer.write(Int16(0))
            for element in vector.elements { writer.write(element) }
        case (.halfVector(let vector), "halfvec"):
            guard let count = Int16(exactly: vector.bitPatterns.count) else { throw .tooLarge }
            writer.write(count)
            writer.write(Int16(0))
            for element in vector.bitPatterns { writer.write(element) }
        case (.sparseVector(let vector), "sparsevec"):
            writer.write(vector.dimensions)
            writer.write(Int32(clamping: vector.indices.count))
            writer.write(Int32(0))
            for index in vector.indices { writer.write(index) }
            for element in vector.values { writer.write(element) }
        case (.cube(let cube), "cube"):
            // The highest bit says that the two corners are one.
            writer.write(UInt32(clamping: cube.corner.count) | (cube.isPoint ? 1 << 31 : 0))
            for number in cube.isPoint ? cube.corner : cube.corner + cube.opposite { writer.write(number) }
        case (.geometry(let geometry), "geometry"), (.geometry(let geometry), "geography"):
            writer.write(bytes: geometry.bytes)
        default:
            return false
        }
        return true
    }
}
