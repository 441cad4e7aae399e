import Subprocess

/// How pg_dump, psql or a compressor failed, by its own words.
struct ToolFailure {
    let tool: String
    let status: TerminationStatus
    let errors: String

    /// The failure with its kind.
    var error: BackupError {
        switch status {
        case .signaled(let signal):
            return BackupError(.system, "\(tool) was ended by signal \(signal)")
        case .exited(let code):
            guard let line else { return BackupError(.data, "\(tool) failed with exit code \(code)") }
            let detail = detail.map { " (\($0))" } ?? ""
            return BackupError(self.code, (line.hasPrefix("\(tool):") ? line : "\(tool): \(line)") + detail)
        }
    }

    /// The SQLSTATE of the error, of five letters and digits, if psql gave one.
    var sqlState: String? { Self.parsed(line ?? "")?.state }

    /// psql's number of the line at which the failing statement ends.
    var inputLine: Int? { Self.parsed(line ?? "")?.line }

    /// The server's words, without place, state and values.
    var reason: String? {
        guard let parsed = Self.parsed(line ?? "") else { return line }
        // Class 22, data exceptions: the message quotes a row's value.
        guard parsed.state.hasPrefix("22") else { return parsed.message }
        return parsed.message.replacing(/"[^"]*"?/, with: "\"…\"")
    }

    /// The line that says most: the first error, else the last line that is not about a row or a place.
    private var line: String? {
        let lines = errors.split(whereSeparator: \.isNewline).map(String.init)
        let marks = ["error: ", "ERROR:  ", "FATAL:  ", "PANIC:  "]
        let error = lines.first { line in
            // States of class 00 and 01 are notices and warnings.
            let isError = Self.parsed(line).map { !$0.state.hasPrefix("00") && !$0.state.hasPrefix("01") }
            return isError ?? marks.contains { line.contains($0) }
        }
        let details = ["DETAIL:", "HINT:", "CONTEXT:", "LOCATION:", "LINE "]
        return error
            ?? lines.last { line in
                !line.allSatisfy(\.isWhitespace) && !details.contains { line.hasPrefix($0) }
            }
    }

    /// What pg_dump adds: the server's words, or its own query; both are without values.
    private var detail: String? {
        let mark = "pg_dump: detail: "
        return errors.split(whereSeparator: \.isNewline).first { $0.hasPrefix(mark) }
            .map { $0.dropFirst(mark.count).trimmingPrefix("Error message from server: ") }.map(String.init)
    }

    /// `psql:<stdin>:12: ERROR:  42P01: relation "x" does not exist`, whatever the server's language.
    private static func parsed(_ line: String) -> (line: Int?, state: String, message: String)? {
        let parts = line.split(separator: ": ", omittingEmptySubsequences: false)
        guard
            let index = parts.firstIndex(where: { part in
                let part = part.drop { $0 == " " }
                return part.utf8.count == 5
                    && part.allSatisfy { $0.isASCII && ($0.isNumber || $0.isUppercase) }
                    && part.contains(where: \.isNumber)
            }), index > 0
        else { return nil }
        let place = parts[0].split(separator: ":").last.flatMap { Int($0) }
        return (
            place, String(parts[index].drop { $0 == " " }), parts[(index + 1)...].joined(separator: ": ")
        )
    }

    private var code: BackupError.Code {
        if let state = sqlState {
            let known = Self.states.first { state.hasPrefix($0.prefix) }
            return known?.code ?? .data
        }
        return Self.phrases.first { errors.contains($0.phrase) }?.code
            // A refused connection that none of the phrases explains.
            ?? (errors.contains("connection to server") ? .unavailable : .data)
    }

    /// What SQLSTATEs mean here, the longer prefix first.
    ///
    /// Source: PostgreSQL's documentation, Appendix A.
    private static let states: [(prefix: String, code: BackupError.Code)] = [
        ("57P03", .tryLater),  // cannot connect now
        ("57P", .unavailable),  // shut down, crashed
        ("08", .unavailable),  // connection exceptions
        ("28", .permission), ("42501", .permission),
        ("3D000", .configuration), ("3F000", .configuration), ("25006", .configuration),
        ("0A000", .configuration),
        ("55P03", .tryLater), ("55006", .tryLater),  // locked, in use
        ("40", .tryLater),  // serialization failure, deadlock
        ("57014", .tryLater),  // cancelled
        ("53100", .inputOutput), ("58", .inputOutput),  // disk full, system error
        ("53", .tryLater),  // no resources
    ]

    /// What the words of programs and of servers that do not get as far as a SQLSTATE mean.
    private static let phrases: [(phrase: String, code: BackupError.Code)] = [
        ("authentication failed", .permission), ("no password supplied", .permission),
        ("no pg_hba.conf entry", .permission), ("permission denied", .permission),
        ("Permission denied", .permission), ("must be owner", .permission),
        ("row-level security", .permission), ("row security", .permission),
        ("is not permitted to log in", .permission), ("role \"", .permission),
        ("lock timeout", .tryLater),
        ("statement timeout", .tryLater),  // what pg_dump bounds its LOCK TABLE by
        ("starting up", .tryLater), ("shutting down", .tryLater),
        ("too many clients", .tryLater), ("remaining connection slots", .tryLater),
        ("too many connections", .tryLater), ("in recovery mode", .tryLater),
        ("timeout expired", .unavailable), ("server closed the connection", .unavailable),
        ("terminating connection", .unavailable), ("connection to server was lost", .unavailable),
        ("Connection refused", .unavailable), ("could not translate host name", .unavailable),
        ("SSL SYSCALL", .unavailable), ("lost synchronization", .unavailable),
        ("version mismatch", .configuration), ("invalid command", .configuration),
        ("unrecognized option", .configuration), ("does not exist", .configuration),
        ("No space left on device", .inputOutput), ("File too large", .inputOutput),
    ]
}
