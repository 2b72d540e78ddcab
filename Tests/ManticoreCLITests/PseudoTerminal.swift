import Foundation

/// A terminal that nobody looks at, for a program's standard output.
struct PseudoTerminal {
    private let controller: FileHandle
    /// The end that a program writes to.
    let terminal: FileHandle

    /// Makes a terminal of 24 lines.
    init(columns: UInt16) throws {
        let (descriptor, name) = try Self.open()
        controller = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let other = Self.openFile(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard other >= 0 else { throw POSIXError(.ENXIO) }
        terminal = FileHandle(fileDescriptor: other, closeOnDealloc: true)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard unsafe ioctl(other, UInt(TIOCSWINSZ), &size) == 0 else { throw POSIXError(.ENXIO) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    private static func openFile(_ path: String, _ flags: Int32) -> Int32 { unsafe Foundation.open(path, flags) }

    /// A new controlling end, and the path of the other.
    private static func open() throws -> (Int32, String) {
        #if os(Linux)
            // Glibc hides the functions for this from Swift; these are the numbers of TIOCSPTLCK and TIOCGPTN.
            let descriptor = openFile("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            var lock: Int32 = 0
            var number: UInt32 = 0
            guard descriptor >= 0, unsafe ioctl(descriptor, 0x4004_5431, &lock) == 0,
                unsafe ioctl(descriptor, 0x8004_5430, &number) == 0
            else { throw POSIXError(.ENXIO) }
            return (descriptor, "/dev/pts/\(number)")
        #else
            let descriptor = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0, grantpt(descriptor) == 0, unlockpt(descriptor) == 0,
                let name = unsafe ptsname(descriptor)
            else { throw POSIXError(.ENXIO) }
            return (descriptor, unsafe String(cString: name))
        #endif
    }

    /// What was written so far; a terminal holds a few thousand bytes.
    func text() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var text: [UInt8] = []
        while true {
            let count = unsafe read(controller.fileDescriptor, &bytes, bytes.count)
            guard count > 0 else { break }
            text += bytes.prefix(count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
