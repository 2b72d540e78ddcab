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
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column.
    public subscript(index: Int) -> PostgresValue {
        get throws(PostgresError) {
            if let catalog = columns.catalog { return try value(index, resolving: catalog) }
            return try decode(index, as: PostgresValue?.self) ?? .null
        }
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
        guard columns.descriptions.indices.contains(index) else {
            throw PostgresError(.decodingFailed, "there is no column \(index); the row has \(count), counted from 0")
        }
        let column = columns.descriptions[index]
        let cell = ColumnType(column)
        guard Value.canDecode(cell.type, format: cell.format) else {
            throw DecodingFailure(.typeMismatch, column: index).error(columns, row: number, type)
        }
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
        case .failure(let error): throw DecodingFailure(error, column: index).error(columns, row: number, type)
        }
    }

    /// The value of a column, counted from 0, with the help of what is known of this database's own types.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column, or its bytes are malformed.
    public func value(_ index: Int, resolving catalog: PostgresTypeCatalog) throws(PostgresError) -> PostgresValue {
        let cells = try cells()
        guard cells.indices.contains(index) else {
            throw PostgresError(.decodingFailed, "there is no column \(index); the row has \(count), counted from 0")
        }
        if cells[index].isNull { return .null }
        let column = columns.types[index]
        do throws(WireError) {
            return try Row.readBytes(bytes, cells[index]) { (reader) throws(WireError) in
                let value = try PostgresValue(
                    from: &reader, type: column.type, format: column.format, resolving: catalog)
                try reader.expectEnd()
                return value
            }
        } catch {
            throw failure(error, index, PostgresValue.self)
        }
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
        let decoder = try TupleDecoder<repeat each Value>(columns)
        var values: [(repeat each Value)] = []
        try Row.read(bytes, at: offset) { (reader) throws(PostgresError) in
            do throws(DecodingFailure) {
                try decoder.decode(&reader, into: &values)
            } catch {
                throw decoder.error(error, columns, row: number)
            }
        }
        guard let value = values.first else { throw PostgresError(.decodingFailed, "the row could not be read") }
        return value
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
    struct Cell {
        let start: Int
        let length: Int

        var isNull: Bool { length < 0 }
    }

    /// Finds all values at once, for those who come back for them in any order.
    func cells() throws(PostgresError) -> [Cell] {
        var cells: [Cell] = []
        cells.reserveCapacity(count)
        let isWhole = Row.read(bytes, at: offset) { reader in
            let end = offset + reader.remaining
            do throws(WireError) {
                try reader.skip(2)
                for _ in 0..<count {
                    let length = try reader.readInt32()
                    cells.append(Cell(start: end - reader.remaining, length: Int(length)))
                    if length != -1 { try reader.skip(Int(length)) }
                }
                return true
            } catch {
                return false
            }
        }
        guard isWhole, cells.count == count else {
            throw PostgresError(.decodingFailed, "\(place) is malformed")
        }
        return cells
    }

    /// Reads a value that was found before.
    func decode<Value: PostgresDecodable>(
        _ cell: Cell, of index: Int, as type: Value.Type
    ) throws(PostgresError) -> Value {
        let column = columns.types[index]
        guard Value.canDecode(column.type, format: column.format) else {
            throw DecodingFailure(.typeMismatch, column: index).error(columns, row: number, type)
        }
        do throws(WireError) {
            guard !cell.isNull else { return try Value.decodeNull() }
            return try Row.readBytes(bytes, cell) { (reader) throws(WireError) in
                let value = try Value(from: &reader, type: column.type, format: column.format)
                try reader.expectEnd()
                return value
            }
        } catch {
            throw DecodingFailure(error, column: index).error(columns, row: number, type)
        }
    }

    private static func readBytes<Value>(
        _ bytes: [UInt8], _ cell: Cell, _ body: (inout WireReader) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(WireError) -> Value in
            guard cell.length <= buffer.count - cell.start else { throw .invalidLength }
            let part = unsafe UnsafeRawBufferPointer(buffer)[cell.start..<cell.start + cell.length]
            var reader = unsafe WireReader(UnsafeRawBufferPointer(rebasing: part))
            return try body(&reader)
        }
    }

    /// The row in an error, counted from 0 as ``Rows`` does.
    var place: String { "row \(number)" }

    /// The error of a value that is there and cannot be had as a type.
    func failure(_ reason: WireError, _ index: Int, _ type: Any.Type) -> PostgresError {
        DecodingFailure(reason, column: index).error(columns, row: number, type)
    }
}

extension Row: CustomStringConvertible {
    public var description: String {
        let values = columns.descriptions.enumerated().map { index, column in
            let value = (try? self[index])?.description ?? "?"
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
        guard columns.descriptions.indices.contains(index) else {
            throw PostgresError(.decodingFailed, "there is no column \(index); the row has \(count), counted from 0")
        }
        let length: Int32? = Row.read(bytes, at: offset) { reader in
            do throws(WireError) {
                try reader.skip(2)
                for _ in 0..<index {
                    let length = try reader.readInt32()
                    if length != -1 { try reader.skip(Int(length)) }
                }
                return try reader.readInt32()
            } catch {
                return nil
            }
        }
        guard let length else { throw PostgresError(.decodingFailed, "the row is malformed") }
        return length == -1
    }
}
