import ConfigImport
import FoundationEssentials
import GraphSync

/// The file that a plan is kept in while it is made; it gets its name when it is complete.
final class PlanFile {
    private let path: String
    private var bytes: [UInt8]
    private var count = 0

    init(_ path: String, _ header: SavedPlan.Header) {
        self.path = path
        bytes = SavedPlan.line(header)
    }

    /// Adds a change; conflicts are none.
    func add(_ change: PlannedChange) throws {
        guard let line = SavedPlan.line(change) else { return }
        bytes += line
        count += 1
    }

    /// Writes the file.
    func finish() throws {
        try writeFile(bytes + SavedPlan.line(count: count), to: path)
    }

    /// Reads a plan.
    static func read(_ path: String) throws -> SavedPlan {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.noInput, "cannot read the plan \(path)")
        }
        guard let plan = SavedPlan([UInt8](data)) else {
            throw Failure(.data, "\(path) is no plan of this version of reed-import, or not a whole one")
        }
        return plan
    }
}

/// Writes a file so that nobody ever sees a part of it.
func writeFile(_ bytes: [UInt8], to path: String) throws {
    do {
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
        throw Failure(.cannotCreate, "cannot write \(path)")
    }
}
