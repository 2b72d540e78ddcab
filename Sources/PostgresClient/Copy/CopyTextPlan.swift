/// How tuples are written as rows of a COPY in text or CSV: each value as the server would print it.
struct CopyTextPlan {
    private struct Element {
        let encoder: any PostgresEncodable.Type
        /// Where it lies in the tuple, in bytes.
        let offset: Int
    }

    private let elements: [Element]
    /// From one tuple to the next, in bytes.
    let stride: Int

    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if there are not as many columns as values.
    init<each Value: PostgresEncodable>(
        _ tuple: (repeat each Value).Type, _ target: CopyTarget, row: Int
    ) throws(PostgresError) {
        var elements: [Element] = []
        var end = 0
        func add<Part: PostgresEncodable>(_ type: Part.Type) {
            let alignment = MemoryLayout<Part>.alignment
            let offset = (end + alignment - 1) & ~(alignment - 1)
            end = offset + MemoryLayout<Part>.size
            elements.append(Element(encoder: type, offset: offset))
        }
        repeat add((each Value).self)
        guard elements.count == target.count else { throw target.mismatch(elements.count, row: row) }
        guard end == MemoryLayout<(repeat each Value)>.size else {
            throw PostgresError(.unsupported, "\(tuple) is not laid out in memory as this library expects")
        }
        self.elements = elements
        stride = MemoryLayout<(repeat each Value)>.stride
    }

    /// Writes a row; nothing of it, if one of its values cannot be written.
    @unsafe
    func encode(_ row: UnsafeRawPointer, _ text: inout CopyTextWriter?) throws(CopyFailure) {
        let start = text?.bytes.count ?? 0
        for (column, element) in elements.enumerated() {
            do throws(WireError) {
                let field = unsafe try CopyTextPlan.field(element.encoder, row + element.offset)
                guard text?.write(field: field) == true else { throw .invalidValue }
            } catch {
                text?.rollBack(to: start)
                throw CopyFailure(error, column: column)
            }
        }
        text?.endRow()
    }

    @unsafe
    private static func field<Value: PostgresEncodable>(
        _ type: Value.Type, _ memory: UnsafeRawPointer
    ) throws(WireError) -> [UInt8]? {
        let value = unsafe memory.assumingMemoryBound(to: type).pointee
        return value.isNull ? nil : try CopyTextForm.bytes(of: value)
    }

    /// The Swift type of a value, for errors.
    func type(of column: Int) -> Any.Type {
        elements.indices.contains(column) ? elements[column].encoder : Never.self
    }
}
