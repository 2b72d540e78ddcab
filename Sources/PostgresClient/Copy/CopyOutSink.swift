/// Takes what a COPY brings: bytes as they are, or rows that tuples are read from.
struct CopyOutSink: ReplySink {
    /// What becomes of the data.
    enum Shape {
        /// Bytes in whatever format they are.
        case bytes
        /// Rows in binary, left where they were received.
        case binary
        /// Rows in text or CSV, made into what rows of a query look like.
        case text(CopyDialect, hasHeader: Bool)
    }

    private let shape: Shape
    private(set) var columns = RowColumns.none
    private(set) var tag: CommandTag?
    private(set) var failure: PostgresError?

    /// Bytes as they are.
    private(set) var bytes: [UInt8] = []
    /// Rows in the receive buffer.
    private(set) var places: [Rows.Place] = []
    /// Rows with their lengths before them, as messages have them.
    private(set) var copied: [UInt8] = []
    private(set) var copiedPlaces: [Rows.Place] = []

    private var hasBegun = false
    private var hasHeader = false
    private var isAtEnd = false
    private var isDone = false

    init(_ shape: Shape) {
        self.shape = shape
    }

    var keepsBytes: Bool { false }
    var hasEnough: Bool { failure != nil }
    var isCopy: Bool { hasBegun }

    /// How many rows it holds; bytes count as one.
    var count: Int { places.count + copiedPlaces.count + (bytes.isEmpty ? 0 : 1) }

    mutating func startNextBatch() {
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        if !copied.isEmpty {
            copied.removeAll(keepingCapacity: copied.capacity <= 256 * 1024)
            copiedPlaces.removeAll(keepingCapacity: true)
        }
    }

    /// The bytes, which are the caller's now.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func begin(_ columns: RowColumns) {
        guard !hasBegun else { return }
        if case .text = shape {
            self.columns = columns.with(.text)
        } else {
            // A statement's description says nothing of formats.
            self.columns = columns.with(.binary)
        }
    }

    mutating func row(_ reader: inout WireReader, at offset: Int) {
        // Of a statement that is no COPY, which is said at its end.
        if hasBegun { fail("the server sent a row of a query in the middle of a COPY") }
    }

    mutating func adopt(_ bytes: [UInt8]) {}

    mutating func complete(_ tag: CommandTag) {
        // What came so far would pass for the whole.
        if hasBegun, !isDone { fail("the server ended a COPY without the end of its data") }
        if self.tag == nil { self.tag = tag }
    }

    mutating func copyOut(_ response: Backend.CopyOutResponse) -> Bool {
        guard !hasBegun else { return false }
        hasBegun = true
        let format: PostgresFormat
        switch shape {
        case .bytes: return true
        case .binary: format = .binary
        case .text: format = .text
        }
        if response.formats.overall != format {
            fail("the server sends a COPY in another format than was asked for")
        } else if response.formats.columns.count != columns.count {
            fail("the server sends \(response.formats.columns.count) columns where it described \(columns.count)")
        } else if response.formats.columns.contains(where: { $0 != format }) {
            fail("the server sends a column of a COPY in another format than the rest")
        }
        return true
    }

    private mutating func fail(_ message: String) {
        if failure == nil { failure = PostgresError(.protocolViolation, message) }
    }

    mutating func copyData(_ reader: inout WireReader, at offset: Int) {
        guard failure == nil else { return }
        guard !isDone else { return fail("the server sent more after the end of a COPY's data") }
        switch shape {
        case .binary:
            guard hasHeader, !isAtEnd else { return takeEdge(&reader) }
            guard let count = try? reader.readInt16() else { return fail("the server sent an empty row in a COPY") }
            if Int(count) == columns.count {
                // A buffer holds at most a gigabyte.
                places.append(Rows.Place(chunk: 0, offset: UInt32(truncatingIfNeeded: offset)))
            } else {
                takeEnd(count, reader.remaining)
            }
        case .bytes:
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: reader.pointer, count: reader.remaining))
        case .text(let dialect, let skipsFirst):
            if skipsFirst, !hasHeader {
                hasHeader = true
                return
            }
            takeLine(reader.readRemainingBytes(), dialect)
        }
    }

    /// What is before the first row, which the server sends together with that; or something after the end.
    private mutating func takeEdge(_ reader: inout WireReader) {
        guard !isAtEnd else { return fail("the server sent more after the end of a COPY's data") }
        hasHeader = true
        do throws(WireError) {
            try CopyBinary.readHeader(from: &reader)
            guard reader.remaining > 0 else { return }
            let row = reader.readRemainingBytes()
            let count = try WireReader.read(row) { (reader) throws(WireError) in try reader.readInt16() }
            guard Int(count) == columns.count else { return takeEnd(count, row.count - 2) }
            keep { writer in writer.write(bytes: row) }
        } catch {
            fail("the server sent a COPY in binary that does not begin as one: \(error)")
        }
    }

    private mutating func takeEnd(_ count: Int16, _ remaining: Int) {
        guard count == -1, remaining == 0 else {
            return fail("the server sent a row that has not the \(columns.count) columns that it described")
        }
        isAtEnd = true
    }

    private mutating func keep(_ row: (inout WireWriter) -> Void) {
        var writer = WireWriter()
        row(&writer)
        guard writer.failure == nil, let length = UInt32(exactly: writer.count + 4),
            let offset = UInt32(exactly: copied.count + 4)
        else { return fail("the server sent a row of a COPY that is too long") }
        copied.append(contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
        unsafe writer.withUnsafeBytes { unsafe copied.append(contentsOf: $0) }
        copiedPlaces.append(Rows.Place(chunk: 0, offset: offset))
    }

    private mutating func takeLine(_ line: [UInt8], _ dialect: CopyDialect) {
        var end = line.count
        if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > 0, end < line.count, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        do throws(WireError) {
            let fields = try dialect.fields(of: line[..<end])
            guard fields.count == columns.count else {
                return fail("the server sent a row that has not the \(columns.count) columns that it described")
            }
            keep { writer in
                writer.write(count: fields.count)
                for field in fields {
                    if let field {
                        writer.lengthPrefixed { $0.write(bytes: field) }
                    } else {
                        writer.write(Int32(-1))
                    }
                }
            }
        } catch {
            fail("the server sent a row of a COPY that is malformed: \(error)")
        }
    }

    mutating func copyDone() {
        if isDone { fail("the server ended a COPY twice") }
        isDone = true
        if case .binary = shape, !isAtEnd { fail("the server ended a COPY in binary before its end") }
    }
}
