import SystemSupport

/// Reads dates and times that are written as RFC 3339, section 5.6, says.
enum RFC3339 {
    /// The date that the first ten bytes of `text` are, `2026-01-31`.
    static func date(_ text: Span<UInt8>) -> CivilDate? {
        guard text.count >= 10, text[4] == .hyphen, text[7] == .hyphen,
            let year = digits(text, 0..<4), let month = digits(text, 5..<7), let day = digits(text, 8..<10)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// The milliseconds since 1970 of `2026-01-31T02:00:00.5+01:00`, cut, not rounded.
    ///
    /// A leap second counts as the first second of the next minute.
    static func milliseconds(_ text: Span<UInt8>) -> Int64? {
        guard text.count >= 20, let date = date(text), text[10].lowercased == UInt8(ascii: "t"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let hour = digits(text, 11..<13), hour < 24, let minute = digits(text, 14..<16), minute < 60,
            let second = digits(text, 17..<19), second <= 60
        else { return nil }
        var index = 19
        var fraction = 0
        if text[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            var scale = 100
            while index < text.count, text[index].isDigit {
                fraction += Int(text[index] - UInt8(ascii: "0")) * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard let offset = offset(text, from: index) else { return nil }
        let minutes = date.number * 1440 + hour * 60 + minute - offset
        return Int64(minutes * 60 + second) * 1000 + Int64(fraction)
    }

    /// The minutes east of UTC that end `text`: `Z`, `+01:00`.
    private static func offset(_ text: Span<UInt8>, from index: Int) -> Int? {
        guard index < text.count else { return nil }
        if text[index].lowercased == UInt8(ascii: "z") { return text.count == index + 1 ? 0 : nil }
        guard text.count == index + 6, text[index + 3] == UInt8(ascii: ":"),
            let hours = digits(text, index + 1..<index + 3), hours < 24,
            let minutes = digits(text, index + 4..<index + 6), minutes < 60
        else { return nil }
        switch text[index] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case .hyphen: return -(hours * 60 + minutes)
        default: return nil
        }
    }

    private static func digits(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard text[index].isDigit else { return nil }
            value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return value
    }
}

/// A day of the Gregorian calendar, and its number counted from 1970-01-01.
///
/// The year is counted from March, so that a leap day comes last, in eras of 400
/// years of 146,097 days.
struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    /// A date, or `nil` if the month has no such day.
    init?(year: Int, month: Int, day: Int) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The date `number` days after 1970-01-01.
    init(day number: Int) {
        let shifted = number + 719_468  // days since 0000-03-01
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    var number: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
