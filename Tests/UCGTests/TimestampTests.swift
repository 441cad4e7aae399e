import Foundation
import TestSupport
import Testing
import UCG

@Suite("Timestamps")
struct TimestampTests {
    static func isDateOrTime(_ text: String) -> Bool { Timestamp.isDateOrTime([UInt8](text.utf8).span) }

    @Test(
        "A time by RFC 3339 is stored in UTC, to the millisecond",
        arguments: [
            ("2026-01-31T02:00:00Z", "2026-01-31T02:00:00.000Z"),
            ("2026-01-31t02:00:00z", "2026-01-31T02:00:00.000Z"),
            // Offsets, over the ends of days, months and years.
            ("2026-01-31T02:00:00.5+01:00", "2026-01-31T01:00:00.500Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
            ("2025-12-31T23:30:00-00:45", "2026-01-01T00:15:00.000Z"),
            ("2024-02-28T20:00:00-12:00", "2024-02-29T08:00:00.000Z"),
            ("2023-02-28T20:00:00-12:00", "2023-03-01T08:00:00.000Z"),
            ("2026-01-31T02:00:00-00:00", "2026-01-31T02:00:00.000Z"),
            ("2026-01-31T02:00:00+23:59", "2026-01-30T02:01:00.000Z"),
            // Fractions are cut.
            ("2026-01-31T02:00:00.1Z", "2026-01-31T02:00:00.100Z"),
            ("2026-01-31T02:00:00.012Z", "2026-01-31T02:00:00.012Z"),
            ("2026-01-31T02:00:00.9999999Z", "2026-01-31T02:00:00.999Z"),
            ("2026-01-31T02:00:00.0009Z", "2026-01-31T02:00:00.000Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("2026-01-31T02:00:00.\(String(repeating: "7", count: 400))-00:01", "2026-01-31T02:01:00.777Z"),
            // A leap second is the first second of the next minute.
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
            ("2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250Z"),
            ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000Z"),
            // Leap days and the ends of time.
            ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
            ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
            ("0000-01-01T01:00:00+01:00", "0000-01-01T00:00:00.000Z"),
            ("0001-03-01T00:00:00.001Z", "0001-03-01T00:00:00.001Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("9999-12-31T22:59:59.9999-01:00", "9999-12-31T23:59:59.999Z"),
        ])
    func form(text: String, stored: String) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.description == stored)
        #expect(Timestamp(rfc3339: stored) == time)
        #expect(Self.isDateOrTime(text))
    }

    @Test(
        "Anything else is no time",
        arguments: [
            "", "2026", "2026-01-31", "2026-01-31T", "2026-01-31T02:00", "2026-01-31T02:00Z",
            "2026-01-31T02:00:00",
            "2026-01-31 02:00:00Z", "2026-01-31T02:00:00 Z", " 2026-01-31T02:00:00Z", "2026-01-31T02:00:00Z ",
            "2026-01-31T02:00:00ZZ", "2026-01-31T02:00:00Z+01:00", "2026-01-31T02:00:00.Z",
            "2026-01-31T02:00:00,5Z",
            "2026-01-31T02:00:00.5", "2026-01-31T02:00:00.5.5Z", "2026-01-31T02:00:00.-5Z",
            // Offsets.
            "2026-01-31T02:00:00+01", "2026-01-31T02:00:00+0100", "2026-01-31T02:00:00+1:00",
            "2026-01-31T02:00:00+01:0", "2026-01-31T02:00:00+01:000", "2026-01-31T02:00:00+24:00",
            "2026-01-31T02:00:00+00:60", "2026-01-31T02:00:00±01:00", "2026-01-31T02:00:00 01:00",
            "2026-01-31T02:00:00+01-00", "2026-01-31T02:00:00\u{2212}01:00",
            // Times.
            "2026-01-31T24:00:00Z", "2026-01-31T23:60:00Z", "2026-01-31T23:59:61Z", "2026-01-31T2:00:00Z",
            "2026-01-31T02-00-00Z", "2026-01-31T+2:00:00Z", "2026-01-31T0x:00:00Z",
            // Dates.
            "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-06-31T00:00:00Z", "2026-09-31T00:00:00Z", "2026-11-31T00:00:00Z",
            "2026-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
            "2026/01/31T00:00:00Z", "20260131T000000Z", "26-01-31T02:00:00Z", "02026-01-31T02:00:00Z",
            "-026-01-31T02:00:00Z", "+2026-01-31T02:00:00Z", "２026-01-31T02:00:00Z", "2026-W05-6T02:00:00Z",
            // Years that cannot be written in UTC.
            "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
        ])
    func noTime(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "A date alone will do where a date or a time is asked for",
        arguments: [
            ("2026-01-31", true), ("2024-02-29", true), ("0000-01-01", true), ("9999-12-31", true),
            ("2026-02-29", false), ("2026-1-31", false), ("2026-01-3", false), ("2026-01-311", false),
            ("2026/01/31", false), ("2026-01-3x", false), ("31.01.2026", false), ("", false),
            ("2026-01-31T", false),
            ("2026-01-31T00:00:00Z", true), ("2026-01-31T00:00:00", false),
        ])
    func dateOrTime(text: String, isOne: Bool) {
        #expect(Self.isDateOrTime(text) == isOne)
    }

    @Test(
        "Seconds since 1970 make a time, cut to milliseconds",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (1_769_824_800, 0, "2026-01-31T02:00:00.000Z"),
            (1_769_824_800, 999_999_999, "2026-01-31T02:00:00.999Z"),
            (951_782_399, 1_999_999, "2000-02-28T23:59:59.001Z"),
            (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999Z"),
        ])
    func seconds(_ seconds: Int64, nanoseconds: Int, stored: String) {
        #expect(Timestamp(secondsSince1970: seconds, nanoseconds: nanoseconds)?.description == stored)
    }

    @Test(
        "Seconds before 1970 and after 9999 make none",
        arguments: [-1, 253_402_300_800, Int64.min, Int64.max])
    func secondsOutOfRange(_ seconds: Int64) {
        #expect(Timestamp(secondsSince1970: seconds) == nil)
    }

    @Test("Times are ordered as they pass")
    func order() {
        let texts = [
            "0000-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ]
        let times = texts.compactMap { Timestamp(rfc3339: $0) }
        #expect(times.count == texts.count)
        #expect(times.reversed().sorted() == times)
    }

    @Test("Random times are written and read as Foundation does")
    func agreement() throws {
        var generator = SeededGenerator(seed: 20_260_131)
        for _ in 0..<400 {
            let seconds = Int64.random(in: 0...253_402_300_799, using: &generator)
            let time = try #require(Timestamp(secondsSince1970: seconds))
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            let text = date.formatted(.iso8601)
            #expect(time.description == text.replacing("Z", with: ".000Z"))
            #expect(time.milliseconds == seconds * 1000)
            // The same moment, as a clock elsewhere shows it.
            let minutes = Int.random(in: -1080...1080, using: &generator)
            let zone = try #require(TimeZone(secondsFromGMT: minutes * 60))
            let elsewhere = date.formatted(Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
            if (1971...9998).contains(Int(text.prefix(4)) ?? 0) {
                #expect(Timestamp(rfc3339: elsewhere) == time, "\(elsewhere)")
            }
        }
    }

    @Test("The days around each turn of a century come back as they were written")
    func centuries() {
        let days = ["01-01", "02-28", "02-29", "03-01", "12-31"]
        var count = 0
        for century in stride(from: 0, through: 9900, by: 100) {
            for year in max(0, century - 1)...century + 1 {
                for day in days {
                    let text =
                        "\(String(repeating: "0", count: 4 - String(year).count))\(year)-\(day)T23:59:59.999Z"
                    guard let time = Timestamp(rfc3339: text) else { continue }
                    #expect(time.description == text)
                    count += 1
                }
            }
        }
        #expect(count == 299 * 4 + 25, "every fourth century has a leap day")
    }

    @Test("Every day from 1583 to 2600 has the number it should have")
    func days() throws {
        // The count goes up by one each day that there is, and there are no others.
        var expected = try #require(Timestamp(rfc3339: "1583-01-01T00:00:00Z")).milliseconds
        for year in 1583...2600 {
            for month in 1...12 {
                for day in 1...31 {
                    let text =
                        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T00:00:00Z"
                    guard let time = Timestamp(rfc3339: text) else { continue }
                    guard time.milliseconds == expected else {
                        Issue.record("\(text) is \(time.milliseconds), expected \(expected)")
                        return
                    }
                    expected += 86_400_000
                }
            }
        }
        #expect(expected == 19_912_435_200_000)
    }
}
