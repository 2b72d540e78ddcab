/// What the command line asks for.
struct Invocation {
    /// A command line that cannot be served, with the process's exit status.
    struct Mistake: Error {
        var status: Int32
        var message: String
    }

    var name: String
    var workload: any Workload.Type
    var face: Face
    var url: String
    var units: Int

    init(_ arguments: [String]) throws(Mistake) {
        guard arguments.count == 4 else {
            throw Mistake(
                status: 2, message: "usage: manticore-benchmarks WORKLOAD FACE CONNSTRING UNITS, or --list")
        }
        guard let workload = allWorkloads.first(where: { $0.names.contains(arguments[0]) }),
            let face = Face(rawValue: arguments[1]), workload.faces.contains(face)
        else {
            throw Mistake(status: 3, message: "no workload \(arguments[0]) with face \(arguments[1])")
        }
        guard let units = Int(arguments[3]), units > 0, units.isMultiple(of: workload.round) else {
            throw Mistake(status: 2, message: "UNITS must be a positive multiple of \(workload.round)")
        }
        self.name = arguments[0]
        self.workload = workload
        self.face = face
        self.url = arguments[2]
        self.units = units
    }

    /// A tenth of the units in whole rounds, and one round at least.
    var warmUpUnits: Int { max(1, units / workload.round / 10) * workload.round }
}
