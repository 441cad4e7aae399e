import Foundation
import TestSupport
import Testing

@testable import ReedImportCLI

/// The table of exit codes, and the page that is made of it.
struct ExitStatusTests {
    private static var page: String {
        let rows = ExitStatus.allCases.map { status in
            "| \(status.rawValue) | \(status.meaning) | \(status.worthRetrying) |\n"
        }
        return """
            # Exit codes

            Made from the table in `Sources/ReedImportCLI/Reporting/ExitStatus.swift`.

            | code | when | worth a retry |
            | --- | --- | --- |
            | 0 | everything was confirmed | |

            """ + rows.joined()
    }

    @Test("The page shows the table as it is")
    func document() throws {
        let path = Fixtures.root + "/docs/exit-codes.md"
        if ProcessInfo.processInfo.environment["REED_UPDATE_FIXTURES"] == "1" {
            try Self.page.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.page)
    }

    @Test("Codes of 64 and more are those of sysexits.h, or of a shell for signals")
    func ranges() {
        for status in ExitStatus.allCases where status.rawValue > 3 {
            #expect((64...78).contains(status.rawValue) || [130, 143].contains(status.rawValue))
        }
        #expect(ExitStatus(rawValue: 64) == .usage)
    }
}
