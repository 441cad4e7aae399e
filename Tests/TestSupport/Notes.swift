import Synchronization

/// Collects the messages for the user.
package final class Notes: Sendable {
    private let notes = Mutex<[String]>([])

    package init() {}

    package var all: [String] { notes.withLock { $0 } }
    package func add(_ note: String) { notes.withLock { $0.append(note) } }
}
