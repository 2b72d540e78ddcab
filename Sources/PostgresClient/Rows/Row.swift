/// A row of a result.
///
/// ```swift
/// let row = try db.selectOne("users", where: ["id": 7])
/// let name = try row?.decode("name", as: String.self)
/// ```
public struct Row: Sendable {
    private let bytes: [UInt8]
    private let offset: Int
    private let number: Int

    /// The columns of the result that the row belongs to.
    public let columns: RowColumns

    init(bytes: [UInt8], offset: Int, number: Int, columns: RowColumns) {
        self.bytes = bytes
        self.offset = offset
        self.number = number
        self.columns = columns
    }

    /// The number of columns.
    public var count: Int { columns.count }

    /// Lends a row's values to `body`, from their number on.
    static func read<Value, Failure: Error>(
        _ bytes: [UInt8], at offset: Int, _ body: (inout WireReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) -> Value in
            let raw = UnsafeRawBufferPointer(buffer)
            var length = 0
            if offset >= 4, offset <= raw.count {
                // The length counts itself and was checked when the message was taken in.
                length = unsafe Int(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: offset - 4, as: UInt32.self)))
            }
            let end = Swift.max(offset, Swift.min(raw.count, offset - 4 + length))
            var reader = unsafe WireReader(UnsafeRawBufferPointer(rebasing: raw[Swift.min(offset, raw.count)..<end]))
            return try body(&reader)
        }
    }

    /// The value of a column, counted from 0.
    ///
    /// The values before it are passed over one by one, since a row is only its bytes. Whoever wants most of the values of
    /// a row with many columns finds them all at once, with ``cells()``.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column.
    public subscript(index: Int) -> PostgresValue {
        get throws(PostgresError) { try value(place(of: index), index) }
    }

    /// The value of the column of this name.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is none, or more than one.
    public subscript(name: String) -> PostgresValue {
        get throws(PostgresError) { try self[columns.index(named: name)] }
    }

    /// Reads the value of a column, counted from 0.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed``, which names the column, its type, the Swift type and the row.
    public func decode<Value: PostgresDecodable>(_ index: Int, as type: Value.Type = Value.self) throws(PostgresError)
        -> Value
    {
        guard columns.types.indices.contains(index) else { throw noColumn(index) }
        guard let cell = columns.cell(index, for: type) else { throw failure(.typeMismatch, index, type) }
        let result: Result<Value, WireError> = Row.read(bytes, at: offset) { reader in
            do throws(WireError) {
                try reader.skip(2)
                for _ in 0..<index {
                    let length = try reader.readInt32()
                    if length != -1 { try reader.skip(Int(length)) }
                }
                return .success(try cell.decode(Value.self, from: &reader))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw failure(error, index, type)
        }
    }

    /// The value of a column, counted from 0, with the help of what is known of this database's own types.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column, or its bytes are malformed.
    public func value(_ index: Int, resolving catalog: PostgresTypeCatalog) throws(PostgresError) -> PostgresValue {
        try value(place(of: index), index, resolving: catalog)
    }

    /// Reads the value of the column of this name.
    public func decode<Value: PostgresDecodable>(_ name: String, as type: Value.Type = Value.self) throws(PostgresError)
        -> Value
    {
        try decode(columns.index(named: name), as: type)
    }

    /// Reads the row as a tuple, a value for each column.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if the columns are more or fewer, or a value does not fit.
    public func decode<each Value: PostgresDecodable>(
        _ type: (repeat each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        let plan = try TuplePlan((repeat each Value).self, columns)
        return try unsafe withUnsafeTemporaryAllocation(of: (repeat each Value).self, capacity: 1) {
            (buffer) throws(PostgresError) in
            guard let tuple = buffer.baseAddress else {
                throw PostgresError(.decodingFailed, "the row could not be read")
            }
            try Row.read(bytes, at: offset) { (reader) throws(PostgresError) in
                do throws(DecodingFailure) {
                    try unsafe plan.decode(&reader, to: UnsafeMutableRawPointer(tuple))
                } catch {
                    throw plan.error(error, columns, row: number)
                }
            }
            return unsafe tuple.move()
        }
    }

    /// Reads the only value of the row.
    ///
    /// - Throws: As the method above.
    public func decode<Value: PostgresDecodable>(_ type: Value.Type) throws(PostgresError) -> Value {
        func tuple<each Element: PostgresDecodable>(
            _ type: (repeat each Element).Type
        ) throws(PostgresError) -> (repeat each Element) { try decode(type) }
        return try tuple(type)
    }

    /// Reads the row as a structure, by the columns' names.
    ///
    /// - Parameter keys: How the names of properties are found among those of the columns.
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed``, which names the property or the column.
    @_disfavoredOverload
    public func decode<Value: Decodable>(
        _ type: Value.Type, keys: ColumnKeyStrategy = .exact
    ) throws(PostgresError) -> Value {
        try RowDecodingPlan(columns, keys).decode(type, from: self)
    }
}

extension Row {
    /// Where a value lies in the row's buffer; the length is -1 for NULL.
    struct Place {
        let start: Int
        let length: Int

        var isNull: Bool { length < 0 }
    }

    /// Finds all values at once.
    func places() throws(PostgresError) -> [Place] {
        var places: [Place] = []
        places.reserveCapacity(count)
        try find(count) { places.append($0) }
        return places
    }

    /// Finds one value, by passing over those before it.
    private func place(of index: Int) throws(PostgresError) -> Place {
        guard columns.types.indices.contains(index) else { throw noColumn(index) }
        var found = Place(start: 0, length: -1)
        try find(index + 1) { found = $0 }
        return found
    }

    /// Finds the first so many values.
    private func find(_ count: Int, _ take: (Place) -> Void) throws(PostgresError) {
        let isWhole = Row.read(bytes, at: offset) { reader in
            let end = offset + reader.remaining
            do throws(WireError) {
                try reader.skip(2)
                for _ in 0..<count {
                    let length = try reader.readInt32()
                    take(Place(start: end - reader.remaining, length: Int(length)))
                    if length != -1 { try reader.skip(Int(length)) }
                }
                return true
            } catch {
                return false
            }
        }
        if !isWhole { throw PostgresError(.decodingFailed, "\(name) is malformed") }
    }

    /// Reads a value that was found before.
    func decode<Value: PostgresDecodable>(
        _ place: Place, of index: Int, as type: Value.Type
    ) throws(PostgresError) -> Value {
        guard let column = columns.cell(index, for: type) else { throw failure(.typeMismatch, index, type) }
        do throws(WireError) {
            guard !place.isNull else { return try Value.decodeNull() }
            return try Row.readBytes(bytes, place) { (reader) throws(WireError) in
                let value = try Value(from: &reader, type: column.type, format: column.format)
                try reader.expectEnd()
                return value
            }
        } catch {
            throw failure(error, index, type)
        }
    }

    /// Reads a value that was found before as what its column's type says.
    func value(_ place: Place, _ index: Int) throws(PostgresError) -> PostgresValue {
        if let catalog = columns.catalog { return try value(place, index, resolving: catalog) }
        return try decode(place, of: index, as: PostgresValue.self)
    }

    private func value(
        _ place: Place, _ index: Int, resolving catalog: PostgresTypeCatalog
    ) throws(PostgresError) -> PostgresValue {
        if place.isNull { return .null }
        let column = columns.types[index]
        do throws(WireError) {
            return try Row.readBytes(bytes, place) { (reader) throws(WireError) in
                let value = try PostgresValue(
                    from: &reader, type: column.type, format: column.format, resolving: catalog)
                try reader.expectEnd()
                return value
            }
        } catch {
            throw failure(error, index, PostgresValue.self)
        }
    }

    private static func readBytes<Value>(
        _ bytes: [UInt8], _ place: Place, _ body: (inout WireReader) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(WireError) -> Value in
            guard place.length <= buffer.count - place.start else { throw .invalidLength }
            let part = unsafe UnsafeRawBufferPointer(buffer)[place.start..<place.start + place.length]
            var reader = unsafe WireReader(UnsafeRawBufferPointer(rebasing: part))
            return try body(&reader)
        }
    }

    /// The row in an error, counted from 0 as ``Rows`` does.
    var name: String { "row \(number)" }

    /// The error of a value that is there and cannot be had as a type.
    func failure(_ reason: WireError, _ index: Int, _ type: Any.Type) -> PostgresError {
        DecodingFailure(reason, column: index).error(columns, row: number, type)
    }

    func noColumn(_ index: Int) -> PostgresError {
        PostgresError(.decodingFailed, "there is no column \(index); the row has \(count), counted from 0")
    }
}

extension Row: CustomStringConvertible {
    public var description: String {
        let cells = try? cells()
        let values = columns.descriptions.enumerated().map { index, column in
            let value = (try? cells?[index])?.description ?? "?"
            return "\(column.name): \(value)"
        }
        return "[\(values.joined(separator: ", "))]"
    }
}

extension Row {
    /// Whether the value of a column, counted from 0, is NULL.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column.
    public func isNull(_ index: Int) throws(PostgresError) -> Bool {
        try place(of: index).isNull
    }
}
