import PostgresWire
import Testing

@testable import PostgresClient

@Suite struct HandoverTests {
    private final class Thing {}

    @Test func whoeverComesSecondGetsNothing() {
        let box = Handover(Thing())
        #expect(box.take() != nil)
        #expect(box.take() == nil)
    }

    @Test func ofManyOneGetsIt() async {
        for _ in 0..<100 {
            let box = Handover(Thing())
            let taken = await withTaskGroup { group in
                for _ in 0..<8 { group.addTask { box.take() == nil ? 0 : 1 } }
                return await group.reduce(0, +)
            }
            #expect(taken == 1)
        }
    }

    @Test func whatNobodyTakesEndsWithIt() {
        weak var thing: Thing?
        do {
            let made = Thing()
            thing = made
            withExtendedLifetime(Handover(made)) { #expect(thing != nil) }
        }
        #expect(thing == nil)
    }
}
