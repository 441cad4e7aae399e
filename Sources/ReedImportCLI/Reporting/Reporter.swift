import ConfigImport
import GraphSync
import RedisProtocol
import RedisStore
import UCG

/// Prints what commands have to say on standard output: one conformer for each format, in a file of its own.
///
/// A plan comes in pieces: each change as it is found, and the totals at the end; a plan that cannot be made prints
/// nothing. What a format has no form of its own for, it prints as text.
protocol Reporter {
    /// Prints the problems of one file, in addition to what standard error shows.
    func report(_ issues: [Issue])

    /// Prints the result of a check or an import.
    func report(_ summary: Summary)

    /// Prints one change of a plan.
    mutating func report(_ change: PlannedChange, in plan: PlanHeading)

    /// Prints the totals of a plan.
    mutating func finish(_ plan: SyncPlan, in heading: PlanHeading)

    /// Prints when sources were imported last.
    func report(_ sources: [SourceStatus], on address: RedisAddress)

    /// Prints a list: as `value` for programs, or as the table for people.
    func report(list value: some Encodable, table: () -> String)
}

extension Reporter {
    func report(_ issues: [Issue]) {}
    func report(_ summary: Summary) { TextReporter().report(summary) }
    func report(_ sources: [SourceStatus], on address: RedisAddress) {
        TextReporter().report(sources, on: address)
    }
    func report(list value: some Encodable, table: () -> String) { Console.write(table()) }
}

/// What all changes of a plan have in common.
struct PlanHeading {
    /// Where the import would go.
    let target: ImportTarget
    /// The files' paths, by the indices that origins have.
    let paths: [String]

    /// `PATH:LINE` of an entity; empty if the directory does not have it.
    func place(_ change: PlannedChange) -> String {
        change.origin.map { "\(paths[Int($0.file)]):\($0.line)" } ?? ""
    }
}
