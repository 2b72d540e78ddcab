extension CopyWriter {
    /// Writes a tuple; false if the frame must be sent first.
    ///
    /// It is inout because the compiler of Swift 6.3 crashes where a tuple of a pack is an argument by value.
    @inlinable
    @inline(__always)
    func put<each Value: PostgresEncodable>(_ row: inout (repeat each Value)) throws(PostgresError) -> Bool {
        if !isPlanned((repeat each Value).self) { try plan((repeat each Value).self) }
        var failure: PostgresError?
        let count = unsafe withUnsafePointer(to: row) { pointer in
            do throws(PostgresError) {
                return unsafe try encode(UnsafeRawPointer(pointer), 1)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return count > 0
    }

    /// Writes a row, a value for each column. Blocks while a full frame is sent.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if there are not as many values as columns, or one does not fit; what the
    ///   server says; whatever the connection comes to.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func write<each Value: PostgresEncodable>(_ values: repeat each Value) throws(PostgresError) {
        var row: (repeat each Value) = (repeat each values)
        while !(try put(&row)) { try flush() }
    }

    /// Writes a row, a value for each column; the async form of the method above.
    @inlinable
    public func write<each Value: PostgresEncodable>(_ values: repeat each Value) async throws(PostgresError) {
        var row: (repeat each Value) = (repeat each values)
        while !(try put(&row)) { try await flush() }
    }

    /// Writes tuples that lie in memory one after the other, from one place on, until the frame must be sent.
    ///
    /// - Returns: The place of the first that is not written; nil if they do not lie so.
    @inlinable
    func put<each Value: PostgresEncodable, Rows: Sequence>(
        contentsOf rows: Rows, from start: Int
    ) throws(PostgresError) -> (next: Int, count: Int)? where Rows.Element == (repeat each Value) {
        if !isPlanned((repeat each Value).self) { try plan((repeat each Value).self) }
        var failure: PostgresError?
        let place = rows.withContiguousStorageIfAvailable { buffer -> (next: Int, count: Int) in
            guard start < buffer.count, let base = buffer.baseAddress else { return (buffer.count, buffer.count) }
            do throws(PostgresError) {
                let done = unsafe try encode(UnsafeRawPointer(base + start), buffer.count - start)
                return (start + done, buffer.count)
            } catch {
                failure = error
                return (start, start)
            }
        }
        if let failure { throw failure }
        return place
    }

    /// Writes rows, a tuple for each. Blocks while full frames are sent.
    ///
    /// - Throws: As `write` does.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func write<each Value: PostgresEncodable, Rows: Sequence>(
        contentsOf rows: Rows
    ) throws(PostgresError) where Rows.Element == (repeat each Value) {
        var start = 0
        while let (next, count) = try put(contentsOf: rows, from: start) {
            guard next < count else { return }
            start = next
            try flush()
        }
        // Some at a time, so that what takes them from their sequence and what writes them are both short loops.
        var rest = rows.makeIterator()
        var window: ContiguousArray<(repeat each Value)> = []
        window.reserveCapacity(64)
        while true {
            window.removeAll(keepingCapacity: true)
            while window.count < 64, let row = rest.next() { window.append(row) }
            guard !window.isEmpty else { return }
            start = 0
            while let (next, count) = try put(contentsOf: window, from: start), next < count {
                start = next
                try flush()
            }
        }
    }

    /// Writes rows, a tuple for each; the async form of the method above.
    @inlinable
    public func write<each Value: PostgresEncodable, Rows: Sequence>(
        contentsOf rows: Rows
    ) async throws(PostgresError) where Rows.Element == (repeat each Value) {
        var start = 0
        while let (next, count) = try put(contentsOf: rows, from: start) {
            guard next < count else { return }
            start = next
            try await flush()
        }
        // Some at a time, so that what takes them from their sequence and what writes them are both short loops.
        var rest = rows.makeIterator()
        var window: ContiguousArray<(repeat each Value)> = []
        window.reserveCapacity(64)
        while true {
            window.removeAll(keepingCapacity: true)
            while window.count < 64, let row = rest.next() { window.append(row) }
            guard !window.isEmpty else { return }
            start = 0
            while let (next, count) = try put(contentsOf: window, from: start), next < count {
                start = next
                try await flush()
            }
        }
    }
}
