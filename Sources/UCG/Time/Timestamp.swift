/// A point in time, in UTC, to the millisecond.
///
///     Timestamp(rfc3339: "2026-01-31T03:00:00+01:00")?.description  // 2026-01-31T02:00:00.000Z
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The time `seconds` and `nanoseconds` after 1970-01-01T00:00:00Z, cut to
    /// milliseconds; `nil` before it and beyond the year 9999, which RFC 3339 cannot write.
    package init?(secondsSince1970 seconds: Int64, nanoseconds: Int = 0) {
        guard (0...253_402_300_799).contains(seconds) else { return nil }
        milliseconds = seconds * 1000 + Int64(nanoseconds / 1_000_000)
    }

    /// The time written as `text` by RFC 3339, `2026-01-31T02:00:00.5+01:00`, cut
    /// to milliseconds; else `nil`, as for years that leave 0 to 9999 in UTC.
    package init?(rfc3339 text: Span<UInt8>) {
        guard let milliseconds = RFC3339.milliseconds(text) else { return nil }
        guard (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// The time written as `text` by RFC 3339, or `nil`.
    package init?(rfc3339 text: String) { self.init(rfc3339: [UInt8](text.utf8).span) }

    /// Whether `text` is a date, `2026-01-31`, or a point in time by RFC 3339.
    package static func isDateOrTime(_ text: Span<UInt8>) -> Bool {
        text.count == 10 ? RFC3339.date(text) != nil : Timestamp(rfc3339: text) != nil
    }

    /// Earlier before later.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The time by RFC 3339, as it is stored: `2026-01-31T02:00:00.000Z`.
    package var description: String {
        let day = (milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000
        let time = Int(milliseconds - day * 86_400_000)
        let date = CivilDate(day: Int(day))
        return "\(date.year, width: 4)-\(date.month, width: 2)-\(date.day, width: 2)T"
            + "\(time / 3_600_000, width: 2):\(time / 60_000 % 60, width: 2):\(time / 1000 % 60, width: 2)"
            + ".\(time % 1000, width: 3)Z"
    }
}

extension DefaultStringInterpolation {
    /// Adds `number`, filled up with leading zeros to `width` digits.
    fileprivate mutating func appendInterpolation(_ number: Int, width: Int) {
        let digits = String(number)
        appendLiteral(String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits)
    }
}
