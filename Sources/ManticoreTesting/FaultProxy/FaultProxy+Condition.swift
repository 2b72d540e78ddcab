extension FaultProxy {
    /// When a fault happens: at the first bytes of one direction for which this is true.
    public struct Condition: Sendable, Hashable {
        /// Which way bytes go.
        enum Direction: Sendable, Hashable {
            case toServer
            case toClient
        }

        enum Trigger: Sendable, Hashable {
            case bytes([UInt8])
            case count(Int)
        }

        let direction: Direction
        let trigger: Trigger

        /// The client sends these bytes, in one piece or in several.
        public static func client(sends bytes: [UInt8]) -> Condition {
            Condition(direction: .toServer, trigger: .bytes(bytes))
        }

        /// The client sends this text in UTF-8, in one piece or in several.
        public static func client(sends text: String) -> Condition { client(sends: Array(text.utf8)) }

        /// The client has sent this many bytes over the connection; those after them do not pass.
        public static func client(hasSent count: Int) -> Condition {
            Condition(direction: .toServer, trigger: .count(count))
        }

        /// The server sends these bytes, in one piece or in several.
        public static func server(sends bytes: [UInt8]) -> Condition {
            Condition(direction: .toClient, trigger: .bytes(bytes))
        }

        /// The server sends this text in UTF-8, in one piece or in several.
        public static func server(sends text: String) -> Condition { server(sends: Array(text.utf8)) }

        /// The server has sent this many bytes over the connection; those after them do not pass.
        public static func server(hasSent count: Int) -> Condition {
            Condition(direction: .toClient, trigger: .count(count))
        }
    }
}
