/// Reads and writes the elements of arrays.
@usableFromInline
enum PostgresArray {
    /// Reads the elements after a header one by one.
    @inlinable
    static func decodeElements<Element: PostgresDecodable>(
        _ header: PostgresArrayHeader, from reader: inout WireReader
    ) throws(WireError) -> [Element] {
        try header.expectOneDimension()
        let type = header.elementType
        guard Element.canDecode(type, format: .binary) else { throw .typeMismatch }
        var elements: [Element] = []
        elements.reserveCapacity(header.count)
        for _ in 0..<header.count {
            let length = try reader.readInt32()
            if length == -1 {
                elements.append(try Element.decodeNull())
                continue
            }
            guard length >= 0 else { throw .invalidLength }
            let element = try reader.readNested(Int(length)) { (nested) throws(WireError) -> Element in
                try Element(from: &nested, type: type, format: .binary)
            }
            elements.append(element)
        }
        return elements
    }

    /// Reads an array whose elements are words of equal width, without a call per element where it is such.
    @inline(__always)
    static func decodeWords<Word: FixedWidthInteger & BitwiseCopyable, Element: PostgresDecodable>(
        of elementType: PostgresOID, from reader: inout WireReader, type: PostgresOID, format: PostgresFormat,
        _ element: (Word) -> Element
    ) throws(WireError) -> [Element] {
        guard format == .binary else { return try decodeText(from: &reader, type: type) }
        let header = try PostgresArrayHeader(from: &reader)
        try header.expectOneDimension()
        let width = MemoryLayout<Word>.size
        let stride = MemoryLayout<Int32>.size + width
        // The header's count is at most a quarter of what is left, so this cannot overflow.
        guard header.elementType == elementType, reader.remaining == header.count * stride else {
            return try decodeElements(header, from: &reader)
        }
        let start = unsafe reader.pointer
        var wrongLength: Int32?
        let elements = unsafe [Element](unsafeUninitializedCapacity: header.count) { buffer, initializedCount in
            for index in 0..<header.count {
                let position = unsafe start + index * stride
                let length = unsafe Int32(bigEndian: position.loadUnaligned(as: Int32.self))
                guard length == Int32(width) else {
                    wrongLength = length
                    return
                }
                let word = unsafe (position + MemoryLayout<Int32>.size).loadUnaligned(as: Word.self)
                unsafe buffer.initializeElement(at: index, to: element(Word(bigEndian: word)))
                initializedCount = index + 1
            }
        }
        if let wrongLength { throw wrongLength == -1 ? .unexpectedNull : .invalidLength }
        try reader.skip(header.count * stride)
        return elements
    }

    /// Reads an array in text format.
    @usableFromInline
    static func decodeText<Element: PostgresDecodable>(
        from reader: inout WireReader, type: PostgresOID
    ) throws(WireError) -> [Element] {
        // The elements of a user-defined array type are of a user-defined type too, which one is not known.
        let elementType = type.elementType ?? type
        guard Element.canDecode(elementType, format: .text) else { throw .typeMismatch }
        let text = try PostgresArrayText(from: &reader, type: type)
        guard text.dimensions.count <= 1 else { throw .typeMismatch }
        var elements: [Element] = []
        elements.reserveCapacity(text.elements.count)
        for bytes in text.elements {
            guard let bytes else {
                elements.append(try Element.decodeNull())
                continue
            }
            let element = try WireReader.read(bytes) { (nested) throws(WireError) -> Element in
                let element = try Element(from: &nested, type: elementType, format: .text)
                try nested.expectEnd()
                return element
            }
            elements.append(element)
        }
        return elements
    }

    /// Writes the elements one by one in binary.
    static func encodeBinary<Element: PostgresArrayEncodable>(_ elements: [Element], into writer: inout WireWriter) {
        let hasNull = elements.contains { $0.isNull }
        PostgresArrayHeader.encode(
            count: elements.count, hasNull: hasNull, elementType: Element.arrayElementType, into: &writer)
        for element in elements {
            if element.isNull {
                writer.write(-1 as Int32)
            } else {
                writer.lengthPrefixed { element.encode(into: &$0) }
            }
        }
    }

    /// Writes the elements one by one as text.
    static func encodeText<Element: PostgresEncodable>(_ elements: [Element], into writer: inout WireWriter) {
        var scratch = WireWriter()
        writer.write(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { writer.write(UInt8(ascii: ",")) }
            if element.isNull {
                writer.write(utf8: "NULL")
            } else {
                scratch.rollBack(to: 0)
                element.encode(into: &scratch)
                if let failure = scratch.failure { writer.fail(failure) }
                PostgresArrayText.encode(scratch.bytes, alwaysQuoted: true, into: &writer)
            }
        }
        writer.write(UInt8(ascii: "}"))
    }

    /// Writes words of equal width in binary, in one piece.
    @inline(__always)
    static func encodeWords<Element, Word: FixedWidthInteger & BitwiseCopyable>(
        _ elements: [Element], of elementType: PostgresOID, into writer: inout WireWriter, _ word: (Element) -> Word
    ) {
        PostgresArrayHeader.encode(count: elements.count, hasNull: false, elementType: elementType, into: &writer)
        let width = MemoryLayout<Word>.size
        let stride = MemoryLayout<Int32>.size + width
        var position = writer.bytes.count
        writer.bytes.append(contentsOf: repeatElement(0, count: elements.count * stride))
        unsafe writer.bytes.withUnsafeMutableBytes { buffer in
            for element in elements {
                unsafe buffer.storeBytes(of: Int32(width).bigEndian, toByteOffset: position, as: Int32.self)
                let word = word(element).bigEndian
                unsafe buffer.storeBytes(
                    of: word, toByteOffset: position + MemoryLayout<Int32>.size, as: Word.self)
                position += stride
            }
        }
    }
}
