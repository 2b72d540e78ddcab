extension ScriptedServer {
    /// A message of SCRAM, as attributes that a test may spoil.
    ///
    /// ```swift
    /// var message = ScriptedServer.SCRAMMessage([("r", "abc"), ("s", "QUJD"), ("i", "4096")])
    /// message["i"] = nil
    /// print(String(decoding: message.bytes, as: UTF8.self))  // r=abc,s=QUJD
    /// ```
    public struct SCRAMMessage: Sendable {
        /// The attributes in the order in which they are sent.
        public var attributes: [(name: String, value: String)]
        /// What is sent in place of the attributes; nil sends them.
        public var replacement: [UInt8]?

        /// Makes a message of these attributes.
        public init(_ attributes: [(name: String, value: String)]) {
            self.attributes = attributes
        }

        /// The value of the first attribute of this name; setting nil takes all of this name away, setting a value
        /// for a name that is not there appends it.
        public subscript(name: String) -> String? {
            get { attributes.first { $0.name == name }?.value }
            set {
                guard let newValue else { return attributes.removeAll { $0.name == name } }
                if let index = attributes.firstIndex(where: { $0.name == name }) {
                    attributes[index].value = newValue
                } else {
                    attributes.append((name, newValue))
                }
            }
        }

        /// The message as it is sent.
        public var bytes: [UInt8] {
            replacement ?? Array(attributes.map { "\($0.name)=\($0.value)" }.joined(separator: ",").utf8)
        }
    }
}
