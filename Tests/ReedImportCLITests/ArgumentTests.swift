import Testing

@testable import ReedImportCLI

/// Values that are typed on the command line.
struct ArgumentTests {
    @Test(
        "A time span is a number with a unit",
        arguments: [("30s", 30_000), ("500ms", 500), ("2m", 120_000), ("0", 0), ("1h", 3_600_000)])
    func timeSpan(_ text: String, milliseconds: Int) {
        #expect(TimeSpan(argument: text)?.duration == .milliseconds(milliseconds))
    }

    @Test("What is not a time span is refused", arguments: ["", "s", "-1s", "1 s", "1y", "1e3s", "٣s"])
    func noTimeSpan(_ text: String) { #expect(TimeSpan(argument: text) == nil) }

    @Test(
        "A size is a number of bytes, or has a unit of 1024",
        arguments: [("1", 1), ("64KiB", 65_536), ("64MiB", 67_108_864), ("1GiB", 1_073_741_824)])
    func byteSize(_ text: String, bytes: Int) { #expect(ByteSize(argument: text)?.bytes == bytes) }

    @Test("What is not a size is refused", arguments: ["", "KiB", "-1", "1.5MiB", "9223372036854775807GiB"])
    func noByteSize(_ text: String) { #expect(ByteSize(argument: text) == nil) }
}
