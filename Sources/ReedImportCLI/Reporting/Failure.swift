import ConfigImport
import GraphSync
import PostgresBackup
import PrivateRedis
import RedisProtocol
import RedisStore
import SystemSupport

/// An error of a library that the command line can report: what happened, what to do, and which option helps.
protocol ReportableError: Error {
    /// The exit code.
    var status: ExitStatus { get }
    /// What happened, in one line.
    var report: String { get }
    /// What to do about it, without the names of options.
    var advice: String? { get }
    /// The option that helps, as it is typed.
    var option: String? { get }
}

extension ReportableError {
    var option: String? { nil }

    /// The advice with its option: `raise the limit (--max-delete 11)`.
    var suggestion: String? {
        guard let advice else { return option.map { "see \($0)" } }
        return advice + (option.map { " (\($0))" } ?? "")
    }
}

/// The end of a run that did not succeed.
struct Failure: Error {
    var status: ExitStatus
    /// One line for standard error; `nil` if all has been said.
    var message: String?

    init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }

    /// The failure of a library: what happened, how far the run got, and what to do.
    ///
    /// - Parameters:
    ///   - place: Where the data come from that it is about, `PATH:LINE: `.
    ///   - progress: How far the run got.
    init(_ error: some ReportableError, at place: String = "", progress: String? = nil) {
        let parts = [error.report, progress, error.suggestion].compactMap { $0 }
        self.init(error.status, place + parts.joined(separator: "; "))
    }
}

extension RedisError: ReportableError {
    var status: ExitStatus { ExitStatus(self) }
    var report: String { message }
    var option: String? { setting.flatMap(OptionNames.option) }
}

extension SyncRefusal: ReportableError {
    var status: ExitStatus { code == .vanished ? .data : .refused }
    var report: String { message }
    var option: String? { setting.map(OptionNames.option) }
}

extension InputError: ReportableError {
    var status: ExitStatus { ExitStatus(self) }
    var report: String { kind == .interrupted ? "interrupted" : description }
}

extension BackupError: ReportableError {
    var status: ExitStatus { ExitStatus(self) }
    var report: String { message }
    var option: String? { parameter.map(OptionNames.option) }
}

extension ResultFileError: ReportableError {
    var status: ExitStatus {
        switch code {
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        case .interrupted: .signal
        }
    }
    var report: String { message }
    var advice: String? { nil }
}

extension PrivateRedisError: ReportableError {
    var status: ExitStatus { ExitStatus(self) }
    var report: String { message }
    var advice: String? { nil }
}
