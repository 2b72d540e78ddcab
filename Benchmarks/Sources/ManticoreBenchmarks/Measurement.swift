/// What one run of a workload used, and what it decoded.
struct Measurement {
    private var start = Usage.now()
    private var used = Usage(cpu: 0, wall: 0)
    var checksum = Checksum()

    /// Ends what began when the measurement was made.
    mutating func finish() {
        let end = Usage.now()
        used = Usage(cpu: end.cpu - start.cpu, wall: end.wall - start.wall)
    }

    /// The line of JSON that the protocol asks for.
    func line(for invocation: Invocation) -> String {
        let units = Double(invocation.units)
        let fields = [
            #""workload":"\#(invocation.name)""#,
            #""client":"manticore""#,
            #""face":"\#(invocation.face.rawValue)""#,
            #""units":\#(invocation.units)"#,
            #""cpu_us":\#(used.cpu / units)"#,
            #""wall_us":\#(used.wall / units)"#,
            #""checksum":"\#(checksum.hexadecimal)""#,
        ]
        return "{\(fields.joined(separator: ","))}"
    }
}
