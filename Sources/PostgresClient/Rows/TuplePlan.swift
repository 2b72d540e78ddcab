/// How rows are read as tuples: for each column the type of its value, and where in the tuple that lies.
///
/// Made once for a statement. What runs for each row is not generic, so that it is equally fast wherever the query is written:
/// one call for each value, which puts it right where it stays.
@usableFromInline
struct TuplePlan: Sendable {
    /// One value of the tuple.
    private struct Element {
        /// Where it lies in the tuple, in bytes.
        let offset: Int
        /// The length that it has in bytes if it is read in the way below; -1 if any.
        let length: Int32
        /// How it is read, if it is of one of the commonest types.
        let way: TupleValueWay
        let isOptional: Bool
        let format: PostgresFormat
        let type: PostgresOID
        let decoder: any PostgresDecodable.Type
    }

    private let elements: [Element]
    /// The length of a tuple, and from one to the next, in bytes.
    let stride: Int
    let alignment: Int

    /// Checks that there are as many columns as values and that their types fit.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed``.
    @usableFromInline
    init<each Value: PostgresDecodable>(
        _ tuple: (repeat each Value).Type, _ columns: RowColumns
    ) throws(PostgresError) {
        let key = ObjectIdentifier(tuple)
        if let known = columns.plan(for: key) {
            self = known
            return
        }
        var elements: [Element] = []
        elements.reserveCapacity(columns.types.count)
        var end = 0
        var count = 0
        var failure: PostgresError?
        func add<Element: PostgresDecodable>(_ type: Element.Type) {
            defer { count += 1 }
            guard failure == nil, count < columns.types.count else { return }
            guard let column = columns.cell(count, for: type) else {
                failure = DecodingFailure(.typeMismatch, column: count).error(columns, row: nil, type)
                return
            }
            // Swift lays a tuple's elements out in their order, each at the next place that its alignment allows.
            let alignment = MemoryLayout<Element>.alignment
            let offset = (end + alignment - 1) & ~(alignment - 1)
            let (way, isOptional) = TupleValueWay.way(type, column)
            elements.append(
                .init(
                    offset: offset, length: way.length, way: way, isOptional: isOptional, format: column.format,
                    type: column.type, decoder: type))
            end = offset + MemoryLayout<Element>.size
        }
        repeat add((each Value).self)
        if count != columns.types.count {
            let names = columns.descriptions.map { "\"\($0.name)\"" }.joined(separator: ", ")
            failure = PostgresError(
                .decodingFailed,
                "the result has \(columns.types.count) columns (\(names)), but \(tuple) has \(count)")
        } else if failure == nil, end != MemoryLayout<(repeat each Value)>.size {
            failure = PostgresError(.unsupported, "\(tuple) is not laid out in memory as this library expects")
        }
        if let failure { throw failure }
        self.elements = elements
        stride = MemoryLayout<(repeat each Value)>.stride
        alignment = MemoryLayout<(repeat each Value)>.alignment
        columns.keep(self, for: key)
    }

    /// Reads rows to `memory`, one tuple after the other.
    ///
    /// - Returns: How many tuples are there, and why there is no further one if one of them could not be read.
    @unsafe
    func decode(
        _ places: UnsafeBufferPointer<Rows.Place>, in bytes: UnsafeRawPointer, to memory: UnsafeMutableRawPointer
    ) -> (count: Int, failure: DecodingFailure?) {
        unsafe elements.withUnsafeBufferPointer { elements in
            var target = unsafe memory
            var count = 0
            do throws(DecodingFailure) {
                while count < places.count {
                    // The loop that took the message in checked that it lies in the buffer with its length before it.
                    let start = unsafe bytes + Int(places[count].offset)
                    let length = unsafe Int(UInt32(bigEndian: (start - 4).loadUnaligned(as: UInt32.self)))
                    var reader = unsafe WireReader(from: start, to: start + (length - 4))
                    unsafe try TuplePlan.decode(&reader, elements, to: target)
                    unsafe target += stride
                    count += 1
                }
                return (count, nil)
            } catch {
                return (count, error)
            }
        }
    }

    /// Reads a row, from its number of columns on, to `memory`, which then holds a tuple; nothing, if it fails.
    @unsafe
    func decode(_ reader: inout WireReader, to memory: UnsafeMutableRawPointer) throws(DecodingFailure) {
        try unsafe elements.withUnsafeBufferPointer { (elements) throws(DecodingFailure) in
            try unsafe TuplePlan.decode(&reader, elements, to: memory)
        }
    }

    @inline(__always)
    @unsafe
    private static func decode(
        _ reader: inout WireReader, _ elements: UnsafeBufferPointer<Element>, to memory: UnsafeMutableRawPointer
    ) throws(DecodingFailure) {
        var index = -1
        // How many values are there already, should a later one fail.
        var count = 0
        do throws(WireError) {
            guard Int(try reader.readUInt16()) == elements.count else { throw .invalidLength }
            while count < elements.count {
                index = count
                let element = unsafe elements[index]
                let length = try reader.readInt32()
                if length == element.length, length > 0 {
                    let source = unsafe try reader.take(Int(length))
                    unsafe try element.way.read(source, to: memory + element.offset, isOptional: element.isOptional)
                    count += 1
                } else if length >= 0, element.way == .text {
                    let text = try reader.readString(Int(length))
                    if element.isOptional {
                        unsafe (memory + element.offset).initializeMemory(as: String?.self, to: text)
                    } else {
                        unsafe (memory + element.offset).initializeMemory(as: String.self, to: text)
                    }
                    count += 1
                } else if length >= 0 {
                    var cell = try reader.split(Int(length))
                    try unsafe element.decoder._decode(
                        to: memory + element.offset, from: &cell, type: element.type, format: element.format)
                    count += 1
                    guard cell.remaining == 0 else { throw .trailingBytes }
                } else {
                    guard length == -1 else { throw .invalidLength }
                    try unsafe decodeNull(element.decoder, to: memory + element.offset)
                    count += 1
                }
            }
            try reader.expectEnd()
        } catch {
            while count > 0 {
                count -= 1
                let element = unsafe elements[count]
                unsafe deinitialize(element.decoder, memory + element.offset)
            }
            throw DecodingFailure(error, column: index)
        }
    }

    @unsafe
    private static func decodeNull<Value: PostgresDecodable>(
        _ type: Value.Type, to memory: UnsafeMutableRawPointer
    ) throws(WireError) {
        unsafe memory.initializeMemory(as: type, to: try type.decodeNull())
    }

    @unsafe
    private static func deinitialize<Value: PostgresDecodable>(_ type: Value.Type, _ memory: UnsafeMutableRawPointer) {
        unsafe memory.assumingMemoryBound(to: type).deinitialize(count: 1)
    }

    /// Ends the life of tuples that nobody has taken.
    @unsafe
    func deinitialize(from start: UnsafeMutableRawPointer, to end: UnsafeMutableRawPointer) {
        var tuple = unsafe start
        while unsafe tuple < end {
            for element in elements { unsafe TuplePlan.deinitialize(element.decoder, tuple + element.offset) }
            unsafe tuple += stride
        }
    }

    /// The failure in words.
    func error(_ failure: DecodingFailure, _ columns: RowColumns, row: Int?) -> PostgresError {
        let type: any Any.Type =
            elements.indices.contains(failure.column) ? elements[failure.column].decoder : Never.self
        return failure.error(columns, row: row, type)
    }
}

extension RowColumns {
    /// The types that must be looked up for the columns to be read as such tuples, if anything can help.
    func missingTypes<each Value: PostgresDecodable>(for tuple: (repeat each Value).Type) -> [PostgresOID]? {
        guard let types = unknownTypes, (try? TuplePlan(tuple, self)) == nil else { return nil }
        return types
    }
}

extension TuplePlan {
    /// Reads the rows of a batch from the one at `first` on, and appends the tuples.
    ///
    /// - Returns: What was wrong with the first row that could not be read, and its number in the batch.
    @inlinable
    func append<each Value: PostgresDecodable>(
        _ batch: RowBatch, from first: Int = 0, to values: inout [(repeat each Value)]
    ) -> (failure: DecodingFailure, row: Int)? {
        let needed = values.count + batch.count - first
        // Twice as much at a time: exactly as much, batch after batch, would copy everything each time.
        if values.capacity < needed { values.reserveCapacity(Swift.max(needed, 2 * values.count)) }
        var failure: (failure: DecodingFailure, row: Int)?
        values.append(addingCapacity: batch.count - first) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                guard let memory = buffer.baseAddress else { return }
                let offset = count
                count += unsafe decode(
                    batch, from: first, to: UnsafeMutableRawPointer(memory + offset), failure: &failure)
            }
        }
        return failure
    }

    @usableFromInline
    @unsafe
    func decode(
        _ batch: RowBatch, from first: Int, to memory: UnsafeMutableRawPointer,
        failure: inout (failure: DecodingFailure, row: Int)?
    ) -> Int {
        unsafe batch.bytes.withUnsafeBufferPointer { bytes in
            unsafe batch.places.withUnsafeBufferPointer { places in
                guard let base = bytes.baseAddress, first < places.count else { return 0 }
                let rest = unsafe UnsafeBufferPointer(rebasing: places[first...])
                let outcome = unsafe decode(rest, in: UnsafeRawPointer(base), to: memory)
                if let found = outcome.failure { failure = (found, first + outcome.count) }
                return outcome.count
            }
        }
    }
}
