public import UCG

/// Brings the desired entities into a store.
///
/// Today each one is written as it is; comparing with what the store holds, and
/// deleting what is gone, belong here as well.
public enum Apply {
    /// Writes the entities that `source` lends, in its order, and waits until all are settled.
    ///
    /// - Parameter source: Calls its argument once for each entity; it is run again if the
    ///   store has to start over.
    /// - Throws: What the source or the store throws. The store's counts say how far it got.
    public static func writeAll<Store: EntityStore & ~Copyable>(
        to store: inout Store, from source: ((borrowing Entity) throws -> Void) throws -> Void
    ) throws {
        while true {
            do {
                try source { entity in try store.write(entity) }
                return try store.finish()
            } catch let failure as Store.Failure {
                try store.startOver(after: failure)
            }
        }
    }
}
