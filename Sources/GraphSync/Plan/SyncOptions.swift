/// What an import may do apart from writing what the directory has.
///
///     var options = SyncOptions()
///     options.prunes = true
///     options.deletionLimit = DeletionLimit("5%") ?? .standard
package struct SyncOptions: Sendable {
    /// Whether all changes become visible at once.
    package enum Atomicity: String, CaseIterable, Sendable {
        /// If they fit.
        case auto
        /// Or nothing is written.
        case always
        /// No: in batches.
        case never
    }

    /// Whether owned entities are deleted that the directory no longer has.
    package var prunes = false
    /// Whether that goes for what vanished from the directory as a whole.
    package var prunesMissing = false
    /// Whether it is refused to go on without that, and not only said.
    package var refusesVanished = false
    /// The most that may be deleted.
    package var deletionLimit = DeletionLimit.standard
    /// Whether entities of other sources are taken over.
    package var adopts = false
    /// Whether all changes become visible at once.
    package var atomicity = Atomicity.auto
    /// Which graph keys entities are to have; `nil`: those that they have.
    package var graphKeys: GraphKeySetting?
    /// Whether graph keys are written anew, those that should be there already, too.
    package var rebuildsGraphKeys = false
    /// The most changed entities of one transaction.
    package var atomicEntities = 50_000
    /// The most bytes of one transaction.
    package var atomicBytes = 64 << 20

    /// The defaults: nothing is deleted, nothing taken over.
    package init() {}
}

/// The most entities that one import may delete.
///
///     DeletionLimit("10%")?.count(ofOwned: 254)  // 25
package enum DeletionLimit: Hashable, Sendable {
    /// The larger of 5 and a tenth of what the source owns, and never all of it.
    case standard
    /// This number of entities.
    case count(Int)
    /// This percentage of the entities that the source owns.
    case percent(Double)

    /// The limit written as `20` or `10%`; `nil` if it is neither.
    package init?(_ text: String) {
        if text.hasSuffix("%"), let number = Double(text.dropLast()), number >= 0, number <= 100 {
            self = .percent(number)
        } else if let number = Int(text), number >= 0 {
            self = .count(number)
        } else {
            return nil
        }
    }

    /// The most deletions for a source that owns `owned` entities.
    package func count(ofOwned owned: Int) -> Int {
        switch self {
        case .standard: max(0, min(max(5, owned / 10), owned - 1))
        case .count(let number): number
        case .percent(let number): Int(Double(owned) * number / 100)
        }
    }
}
