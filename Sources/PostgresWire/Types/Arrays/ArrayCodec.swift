/// Reads and writes the elements of arrays.
@usableFromInline
enum ArrayCodec {
    /// Whether arrays of type `type` in this format hold elements that can be read as `Element`.
    static func canDecode<Element: PostgresDecodable>(
        _: Element.Type, _ type: PostgresOID, format: PostgresFormat
    ) -> Bool {
        // These two are arrays in binary, but lists of numbers with blanks between them in text.
        if format == .text, type == .int2vector || type == .oidvector { return false }
        if let elementType = type.elementType { return Element.canDecode(elementType, format: format) }
        // An array of enums, for example: only the value itself names its elements' type.
        return type.mayBeUserDefined(in: format) && Element.canDecode(type, format: format)
    }

    /// Reads elements one by one.
    @inlinable
    static func decodeElements<Element: PostgresDecodable>(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Element] {
        guard Element.canDecode(type, format: .binary) else { throw .typeMismatch }
        // Even a NULL takes the four bytes of its length.
        guard count >= 0, count <= reader.remaining / MemoryLayout<Int32>.size else { throw .truncated }
        var elements: [Element] = []
        // What is there bounds the memory, not what is promised: an element may take much more room than its four bytes.
        elements.reserveCapacity(min(count, reader.remaining / MemoryLayout<Element>.stride))
        for _ in 0..<count {
            let length = try reader.readInt32()
            if length == -1 {
                elements.append(try decodeNull())
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

    /// NULL as an element.
    @usableFromInline
    static func decodeNull<Element: PostgresDecodable>(as _: Element.Type = Element.self) throws(WireError) -> Element {
        do {
            return try Element.decodeNull()
        } catch {
            throw error == .unexpectedNull ? .nullElement : error
        }
    }

    /// Reads elements that are words of equal width, without a call per element where they are of `wordType`.
    @inline(__always)
    static func decodeWords<Word: FixedWidthInteger & BitwiseCopyable, Element: PostgresDecodable>(
        _ count: Int, of type: PostgresOID, where wordType: PostgresOID, from reader: inout WireReader,
        _ element: (Word) -> Element
    ) throws(WireError) -> [Element] {
        let width = MemoryLayout<Word>.size
        let stride = MemoryLayout<Int32>.size + width
        guard type == wordType, count >= 0, count <= reader.remaining / MemoryLayout<Int32>.size,
            reader.remaining == count * stride
        else { return try decodeElements(count, of: type, from: &reader) }
        let start = unsafe reader.pointer
        let expectedLength = UInt32(width).bigEndian
        // All lengths are compared at once, after all words are taken: a loop that never leaves early is done in vectors.
        var difference: UInt32 = 0
        let elements = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            guard let target = buffer.baseAddress else { return }
            var position = unsafe start
            for index in 0..<count {
                unsafe difference |= position.loadUnaligned(as: UInt32.self) ^ expectedLength
                let word = unsafe (position + MemoryLayout<Int32>.size).loadUnaligned(as: Word.self)
                unsafe (target + index).initialize(to: element(Word(bigEndian: word)))
                unsafe position += stride
            }
            initializedCount = count
        }
        // One by one it is found out which, and whether it is NULL.
        guard difference == 0 else { return try decodeElements(count, of: type, from: &reader) }
        try reader.skip(count * stride)
        return elements
    }

    /// Reads an array in text format.
    @usableFromInline
    static func decodeText<Element: PostgresDecodable>(
        from reader: inout WireReader, type: PostgresOID, elementType: PostgresOID? = nil
    ) throws(WireError) -> (elements: [Element], dimensions: [ArrayDimension]) {
        // The elements of a user-defined array type are of a user-defined type too, which one is not known.
        let elementType = elementType ?? type.elementType ?? type
        guard Element.canDecode(elementType, format: .text) else { throw .typeMismatch }
        return try decodeText(from: &reader, delimiter: ArrayText.delimiter(of: elementType)) {
            (bytes, reader) throws(WireError) -> Element in
            guard let bytes else { return try decodeNull() }
            return try reader.readNested(bytes) { (nested) throws(WireError) -> Element in
                try Element(from: &nested, type: elementType, format: .text)
            }
        }
    }

    /// Reads an array in text format; `element` makes an element of its text, nil for NULL.
    static func decodeText<Element>(
        from reader: inout WireReader, delimiter: UInt8,
        _ element: ([UInt8]?, borrowing WireReader) throws(WireError) -> Element
    ) throws(WireError) -> (elements: [Element], dimensions: [ArrayDimension]) {
        let text = try ArrayText(from: &reader, delimiter: delimiter)
        var elements: [Element] = []
        elements.reserveCapacity(text.elements.count)
        for bytes in text.elements { elements.append(try element(bytes, reader)) }
        return (elements, text.dimensions)
    }

    /// Writes an array of any number of dimensions in the format that its elements go in.
    static func encode<Element: PostgresArrayEncodable>(_ array: PostgresArray<Element>, into writer: inout WireWriter)
    {
        switch Element.arrayFormat(of: array.elements) {
        case .binary:
            let hasNull = array.elements.contains { $0.isNull }
            ArrayHeader.encode(
                array.dimensions, hasNull: hasNull, elementType: Element.arrayElementType, into: &writer)
            Element.encodeElements(array.elements, into: &writer)
        case .text: array.encodeText(as: Element.arrayType.elementType, into: &writer)
        }
    }

    /// Writes the elements one by one in binary.
    static func encodeElements<Element: PostgresEncodable>(_ elements: [Element], into writer: inout WireWriter) {
        for element in elements {
            if element.isNull {
                writer.write(-1 as Int32)
            } else {
                writer.lengthPrefixed { element.encode(into: &$0) }
            }
        }
    }

    /// Writes an array of one dimension as text, from elements that write themselves as text.
    static func encodeText<Element: PostgresEncodable>(_ elements: [Element], into writer: inout WireWriter) {
        var scratch = WireWriter()
        writer.write(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { writer.write(UInt8(ascii: ",")) }
            if element.isNull {
                writer.write(utf8: "NULL")
            } else {
                scratch.rollBack(to: 0)
                // An element that goes in binary by itself has a text here all the same.
                if element.postgresFormat == .text {
                    element.encode(into: &scratch)
                } else {
                    TextForm.write(element, into: &scratch)
                }
                if let failure = scratch.failure { writer.fail(failure) }
                ArrayText.encode(scratch.bytes, alwaysQuoted: true, into: &writer)
            }
        }
        writer.write(UInt8(ascii: "}"))
    }

    /// Writes words of equal width in binary, in one piece.
    @inline(__always)
    static func encodeWords<Element, Word: FixedWidthInteger & BitwiseCopyable>(
        _ elements: [Element], into writer: inout WireWriter, _ word: (Element) -> Word
    ) {
        let width = MemoryLayout<Word>.size
        let stride = MemoryLayout<Int32>.size + width
        unsafe writer.append(room: elements.count * stride) { buffer in
            var position = 0
            for element in elements {
                unsafe buffer.storeBytes(of: Int32(width).bigEndian, toByteOffset: position, as: Int32.self)
                let word = word(element).bigEndian
                unsafe buffer.storeBytes(
                    of: word, toByteOffset: position + MemoryLayout<Int32>.size, as: Word.self)
                position += stride
            }
            return position
        }
    }
}
