/// Hands out the fields of a composite value one after the other.
///
/// Source: PostgreSQL, `src/backend/utils/adt/rowtypes.c` (`record_send`, `record_out`).
public struct PostgresCompositeDecoder: ~Copyable {
    private var reader: WireReader
    private let format: PostgresFormat
    /// How many fields have not been read yet.
    private var remaining: Int
    private var texts: ArraySlice<[UInt8]?>
    private var isUntouched = true

    init(from reader: inout WireReader, format: PostgresFormat) throws(WireError) {
        var texts: [[UInt8]?] = []
        var count = 0
        switch format {
        case .binary:
            count = Int(try reader.readInt32())
            // The least a field takes is its type and its length.
            guard count >= 0 else { throw .invalidLength }
            guard count <= reader.remaining / 8 else { throw .truncated }
        case .text:
            texts = try RecordText.decode(from: &reader)
            count = texts.count
        }
        let rest = try reader.split(reader.remaining)
        self.init(rest: rest, format: format, remaining: count, texts: texts)
    }

    private init(rest: consuming WireReader, format: PostgresFormat, remaining: Int, texts: [[UInt8]?]) {
        reader = rest
        self.format = format
        self.remaining = remaining
        self.texts = texts[...]
    }

    /// Reads the next field.
    ///
    /// - Parameters:
    ///   - name: The field's name, for errors: it is not on the wire.
    ///   - type: The Swift type to read it as.
    /// - Throws: ``WireError/field(_:_:)`` with the name and the reason: ``WireError/typeMismatch`` if the field's type
    ///   cannot be read so, ``WireError/truncated`` if there are no more fields.
    public mutating func decode<Value: PostgresDecodable>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        do {
            return try decode(Value.self, domainOver: nil)
        } catch {
            throw .field(name, error)
        }
    }

    /// Reads the next field, of which only the Swift program knows what it is made of: its column is of a domain, which
    /// is on the wire with a number of its own.
    ///
    /// ```swift
    /// // CREATE DOMAIN age AS int4; CREATE TYPE person AS (name text, age age);
    /// age = try fields.decode("age", domainOver: .int4)
    /// ```
    ///
    /// - Parameters:
    ///   - name: The field's name, for errors: it is not on the wire.
    ///   - type: The Swift type to read it as.
    ///   - base: The type that the domain is made of. The bytes of a type that is built in are read as what they are.
    /// - Throws: As ``decode(_:as:)``.
    public mutating func decode<Value: PostgresDecodable>(
        _ name: String, as type: Value.Type = Value.self, domainOver base: PostgresOID
    ) throws(WireError) -> Value {
        do {
            return try decode(Value.self, domainOver: base)
        } catch {
            throw .field(name, error)
        }
    }

    private mutating func decode<Value: PostgresDecodable>(
        _: Value.Type, domainOver base: PostgresOID?
    ) throws(WireError) -> Value {
        guard remaining > 0 else { throw .truncated }
        remaining -= 1
        isUntouched = false
        switch format {
        case .binary:
            var type = try reader.readOID()
            if let base, type.isUserDefined { type = base }
            let length = try reader.readInt32()
            guard Value.canDecode(type, format: .binary) else { throw .typeMismatch }
            if length == -1 { return try Value.decodeNull() }
            guard length >= 0 else { throw .invalidLength }
            return try reader.readNested(Int(length)) { (nested) throws(WireError) -> Value in
                try Value(from: &nested, type: type, format: .binary)
            }
        case .text:
            guard let text = texts.popFirst() ?? nil else { return try Value.decodeNull() }
            let type = base ?? DeclaredType.of(Value.self)
            guard Value.canDecode(type, format: .text) else { throw .typeMismatch }
            return try reader.readNested(text) { (nested) throws(WireError) -> Value in
                try Value(from: &nested, type: type, format: .text)
            }
        }
    }

    /// Checks that all fields have been read.
    func finish() throws(WireError) {
        // A row without fields looks like one with a single NULL.
        guard remaining == 0 || (isUntouched && remaining == 1 && texts.first == .some(nil)) else {
            throw .trailingBytes
        }
        try reader.expectEnd()
    }
}

/// The type that a Swift type is sent as, for texts within texts, which do not tell theirs.
enum DeclaredType {
    static func of<Value>(_ type: Value.Type) -> PostgresOID {
        // An array can be an array's element as well: first what it is by itself.
        if let type = type as? any DeclaredArray.Type { return type.declaredType }
        return (type as? any PostgresArrayEncodable.Type)?.arrayElementType ?? .unspecified
    }
}

/// An array whose type is told by its elements'.
private protocol DeclaredArray {
    static var declaredType: PostgresOID { get }
}

extension Array: DeclaredArray where Element: PostgresArrayEncodable {
    fileprivate static var declaredType: PostgresOID { Element.arrayType }
}

extension PostgresArray: DeclaredArray where Element: PostgresArrayEncodable {
    fileprivate static var declaredType: PostgresOID { Element.arrayElementType.arrayType ?? Element.arrayType }
}

extension Optional: DeclaredArray where Wrapped: DeclaredArray {
    fileprivate static var declaredType: PostgresOID { Wrapped.declaredType }
}
