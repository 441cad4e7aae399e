import ConfigImport
import GraphSync
import SystemSupport

/// The file that a plan is kept in while it is made; it gets its name when it is complete.
final class PlanFile {
    private let file: ResultFile
    private var bytes: [UInt8] = []
    private var count = 0

    init(_ file: consuming ResultFile) { self.file = file }

    /// Begins the plan.
    func begin(_ header: SavedPlan.Header) { bytes = SavedPlan.line(header) }

    /// Adds a change; conflicts are none.
    func add(_ change: PlannedChange) throws {
        guard let line = SavedPlan.line(change) else { return }
        bytes += line
        count += 1
    }

    /// Writes the file.
    func finish(_ graphKeys: GraphKeyUpdate) throws {
        do throws(ResultFileError) {
            try file.write(bytes + SavedPlan.line(count: count, graphKeys))
            try file.finish()
        } catch {
            throw Failure(error)
        }
    }

    /// Reads a plan.
    static func read(_ path: String, _ cancellation: CancellationSignal) throws -> SavedPlan {
        let bytes = try Self.bytes(path, cancellation)
        do {
            return try SavedPlan(bytes)
        } catch {
            switch error {
            case .damaged: throw Failure(.data, "\(path) is not a plan, or it is truncated")
            case .otherFormat:
                throw Failure(
                    .refused,
                    "\(path) was made by another version of reed-import; nothing written; make a new plan")
            }
        }
    }

    private static func bytes(_ path: String, _ cancellation: CancellationSignal) throws(Failure) -> [UInt8] {
        do throws(WholeFile.Failure) {
            return try WholeFile.read(path, cancellation: cancellation)
        } catch {
            switch error {
            case .unreadable(let reason): throw Failure(.noInput, "cannot read the plan \(path): \(reason)")
            case .interrupted: throw Failure(.signal, "interrupted; nothing written")
            }
        }
    }
}
