/// Memory in which rows are written before they are sent: one frame of CopyData, with its header.
///
/// It lies behind a pointer so that a row's values are stored without a check for each byte of them; how much room there
/// is was looked at before.
@safe
final class CopyBuffer {
    /// The length of a frame: a row's less than 64 KiB, so that what waits to be sent keeps its memory.
    static let frameLength = 64 * 1024 - 64
    private static let headerLength = 5

    /// Where the next row goes, and where the room ends.
    @exclusivity(unchecked) private(set) var next: UnsafeMutableRawPointer
    @exclusivity(unchecked) private(set) var end: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var base: UnsafeMutableRawPointer

    init() {
        unsafe base = .allocate(byteCount: CopyBuffer.frameLength, alignment: 8)
        unsafe next = base + CopyBuffer.headerLength
        unsafe end = base + CopyBuffer.frameLength
    }

    deinit {
        unsafe base.deallocate()
    }

    /// The number of bytes that wait to be sent.
    var count: Int { unsafe next - base - CopyBuffer.headerLength }

    /// How many bytes can still be written.
    var room: Int { unsafe end - next }

    /// The rows up to `position` are there.
    @unsafe
    func advance(to position: UnsafeMutableRawPointer) {
        unsafe next = position
    }

    /// What is in it; valid until it is changed.
    @unsafe
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + CopyBuffer.headerLength, count: count)
    }

    /// Forgets everything after the first `count` bytes.
    func rollBack(to count: Int) {
        guard count < self.count else { return }
        unsafe next = base + (CopyBuffer.headerLength + count)
    }

    /// Makes room for a row that does not fit into an empty frame.
    func grow(for needed: Int) {
        let used = count
        let length = unsafe end - base
        let capacity = max(2 * length, needed + used + CopyBuffer.headerLength)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        unsafe larger.copyMemory(from: base, byteCount: next - base)
        unsafe base.deallocate()
        unsafe base = larger
        unsafe next = larger + (CopyBuffer.headerLength + used)
        unsafe end = larger + capacity
    }

    /// Takes bytes as they are; false if there is no room for all of them.
    func append(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard unsafe bytes.count <= end - next else {
            guard count == 0 else { return false }
            grow(for: bytes.count)
            return append(bytes)
        }
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe next.copyMemory(from: start, byteCount: source.count)
        }
        unsafe next += bytes.count
        return true
    }

    /// Moves everything to a link's output, in frames of CopyData, and starts anew.
    func move(to output: inout WireWriter) {
        var rest = count
        // Exactly as much, so that the memory is kept; of a long row's many frames, twice as much at a time.
        // The header of each frame goes where the end of the one before it was.
        var header = unsafe base
        while rest > 0 {
            let length = min(rest, CopyBuffer.frameLength - CopyBuffer.headerLength)
            unsafe header.storeBytes(of: MessageType.copyData, as: UInt8.self)
            unsafe (header + 1).storeBytes(of: UInt32(length + 4).bigEndian, as: UInt32.self)
            unsafe output.write(bytes: UnsafeRawBufferPointer(start: header, count: CopyBuffer.headerLength + length))
            unsafe header += length
            rest -= length
        }
        if unsafe end - base > CopyBuffer.frameLength {
            unsafe base.deallocate()
            unsafe base = .allocate(byteCount: CopyBuffer.frameLength, alignment: 8)
            unsafe end = base + CopyBuffer.frameLength
        }
        unsafe next = base + CopyBuffer.headerLength
    }
}
