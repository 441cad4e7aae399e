import ArgumentParser

/// A span of time as it is typed: `30`, `30s`, `0.5`, `500ms`, `2m`; at most a day.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1),
        ]
        guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }) else { return nil }
        let digits = argument.dropLast(unit.suffix.count)
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }),
            let number = Double(digits), number * unit.seconds <= 86_400
        else { return nil }
        duration = .milliseconds(number * unit.seconds * 1000)
    }

    var defaultValueDescription: String { "\(Int(duration / .seconds(1)))s" }
}
