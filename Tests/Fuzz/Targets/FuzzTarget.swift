/// A piece of code that is fed any bytes, and what must hold whatever they are.
protocol FuzzTarget: SendableMetatype {
    /// What the corpus's folder and the script's argument call it.
    static var name: String { get }

    /// The longest input that is worth trying, in bytes.
    static var maximumLength: Int { get }

    /// Inputs that get far, to start from.
    static var seeds: [[UInt8]] { get }

    /// Byte strings that mean something to the code.
    static var dictionary: [[UInt8]] { get }

    /// Runs the code once; the same input does the same every time.
    ///
    /// - Throws: ``FuzzFailure`` if a property does not hold. A trap and a hang are failures of their own.
    static func run(_ input: [UInt8]) throws
}

/// Every target, in the order in which they are run.
let fuzzTargets: [any FuzzTarget.Type] = [
    FrameTarget.self, SessionTarget.self, StartupTarget.self, ConnectionTarget.self, ServerErrorTarget.self,
    SASLprepTarget.self,
    IntegersAndFloatsTarget.self, NumericTarget.self, DatesTarget.self, IntervalsAndTimesTarget.self,
    NetworkAndBitsTarget.self, GeometryTarget.self, TextJSONUUIDTarget.self, ArraysTarget.self,
    RangesTarget.self, RecordsTarget.self, TextSearchTarget.self, ExtensionsTarget.self, ValuesTarget.self,
    SQLLexerTarget.self, ConnectionStringTarget.self, PasswordFileTarget.self, ServiceFileTarget.self,
    HostNamesTarget.self, CopyTarget.self,
]
