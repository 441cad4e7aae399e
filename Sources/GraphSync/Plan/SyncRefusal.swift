package import UCG

/// Why an import was not even begun, or was stopped, by one of its guards.
///
///     do { try plan.check() } catch {
///         for item in error.cases { print(item.key, item.reason) }
///     }
package struct SyncRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which guard it was.
    package enum Code: Hashable, Sendable {
        /// Keys hold values that are not entities, or entities of another source.
        case conflict
        /// More would be deleted than may be.
        case tooManyDeletions
        /// Something vanished from the directory as a whole, and warnings are errors.
        case vanished
        /// The changes do not fit into one transaction.
        case notAtomic
        /// The directory or the affected keys are not what they were when the plan was made.
        case stale
    }

    /// A setting that allows what a guard refuses.
    package enum Setting: Hashable, Sendable {
        /// Other sources' entities are taken over.
        case adopts
        /// What vanished as a whole is deleted.
        case prunesVanished
        /// More entities would be deleted than may be.
        case deletionLimit(Int)
        /// More changes may go into one transaction, or batches are allowed.
        case atomicLimit
    }

    /// One entity that it is about.
    package struct Case: Hashable, Sendable {
        /// The entity's key.
        package let key: EntityKey
        /// Where the entity comes from; `nil` if the directory does not have it.
        package let origin: EntityOrigin?
        /// What is the matter with it.
        package let reason: String

        /// What is the matter with the entity at `key`.
        package init(key: EntityKey, origin: EntityOrigin?, reason: String) {
            self.key = key
            self.origin = origin
            self.reason = reason
        }
    }

    /// Which guard it was.
    package let code: Code
    /// What happened, in one line.
    package let message: String
    /// What to do about it.
    package let advice: String?
    /// The setting that allows it.
    package let setting: Setting?
    /// The first of the entities that it is about.
    package let cases: [Case]

    /// Cases that are kept; the others are counted in the message.
    package static let keptCases = 100

    /// A refusal.
    package init(
        _ code: Code, _ message: String, advice: String? = nil, setting: Setting? = nil, cases: [Case] = []
    ) {
        self.code = code
        self.message = message
        self.advice = advice
        self.setting = setting
        self.cases = cases
    }

    /// The message.
    package var description: String { message }
}
