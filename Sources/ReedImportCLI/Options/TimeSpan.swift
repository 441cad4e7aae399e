import ArgumentParser

/// A span of time as it is typed: `30`, `30s`, `0.5`, `500ms`, `2m`; at most a day.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let seconds = secondsOfTime(argument), seconds <= 86_400 else { return nil }
        duration = .milliseconds(seconds * 1000)
    }

    var defaultValueDescription: String { "\(Int(duration / .seconds(1)))s" }
}

/// A span of time as it is typed: `90m`, `26h`, `2d`; at most a million days.
struct LongTimeSpan: ExpressibleByArgument {
    let duration: Duration
    /// As it was typed.
    let text: String

    init?(argument: String) {
        guard let seconds = secondsOfTime(argument), seconds <= 1_000_000 * 86_400 else { return nil }
        duration = .milliseconds(seconds * 1000)
        text = argument
    }
}

/// A number and a unit, in seconds if there is none.
func secondsOfTime(_ argument: String) -> Double? {
    let units: [(suffix: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("", 1),
    ]
    guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }) else { return nil }
    let digits = argument.dropLast(unit.suffix.count)
    guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }),
        let number = Double(digits)
    else { return nil }
    return number * unit.seconds
}
