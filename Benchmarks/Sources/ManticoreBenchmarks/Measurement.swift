/// What one run of a workload used, and what it decoded.
struct Measurement {
    private var start = Usage.now()
    private var used = Usage(cpu: 0, wall: 0)
    private var units = 0
    var checksum = Checksum()

    /// Ends what began when the measurement was made.
    mutating func finish(units: Int) {
        let end = Usage.now()
        used = Usage(cpu: end.cpu - start.cpu, wall: end.wall - start.wall)
        self.units = units
    }

    /// The line of JSON that the protocol asks for.
    func line(for invocation: Invocation) -> String {
        let fields = [
            #""workload":"\#(invocation.name)""#,
            #""client":"manticore""#,
            #""face":"\#(invocation.face.rawValue)""#,
            #""units":\#(units)"#,
            #""cpu_us":\#(used.cpu / Double(units))"#,
            #""wall_us":\#(used.wall / Double(units))"#,
            #""checksum":"\#(checksum.hexadecimal)""#,
        ]
        return "{\(fields.joined(separator: ","))}"
    }
}
