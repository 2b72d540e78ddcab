import PostgresWire
import Testing

@Suite(.ownThread) struct MessageLimitsTests {
    @Test func startupMessagesAreShort() {
        for type in UInt8.min...UInt8.max {
            let limit = MessageLimits.maximumLength(of: type, duringStartup: true)
            #expect(limit == (type == UInt8(ascii: "R") || type == UInt8(ascii: "v") ? 2000 : 30_000))
        }
    }

    @Test func onlySomeMessagesMayBeLongLater() {
        let long = Set("dDEVNATt".utf8)
        for type in UInt8.min...UInt8.max {
            let limit = MessageLimits.maximumLength(of: type, duringStartup: false)
            if long.contains(type) {
                #expect(limit == 1_073_741_823)
            } else if type == UInt8(ascii: "S") {
                #expect(limit == 1_048_576)
            } else {
                #expect(limit == 30_000)
            }
        }
    }
}
