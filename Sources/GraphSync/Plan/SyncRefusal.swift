public import UCG

/// Why an import was not even begun, or was stopped, by one of its guards.
public struct SyncRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which guard it was.
    public enum Code: Hashable, Sendable {
        /// Keys hold what is no entity, or entities are another source's.
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

    /// One entity that it is about.
    public struct Case: Hashable, Sendable {
        /// The entity's key.
        public let key: EntityKey
        /// Where the entity comes from; `nil` if the directory does not have it.
        public let origin: EntityOrigin?
        /// What is the matter with it.
        public let reason: String

        /// What is the matter with the entity at `key`.
        public init(key: EntityKey, origin: EntityOrigin?, reason: String) {
            self.key = key
            self.origin = origin
            self.reason = reason
        }
    }

    /// Which guard it was.
    public let code: Code
    /// What happened, in one line.
    public let message: String
    /// What to do about it.
    public let advice: String?
    /// The first of the entities that it is about.
    public let cases: [Case]

    /// Cases that are kept; the others are counted in the message.
    public static let keptCases = 100

    /// A refusal.
    public init(_ code: Code, _ message: String, advice: String? = nil, cases: [Case] = []) {
        self.code = code
        self.message = message
        self.advice = advice
        self.cases = cases
    }

    /// The message.
    public var description: String { message }
}
