/// Which keys are kept beside the entities, by which readers find and walk them.
///
///     GraphKeySetting(rawValue: "graph")
///     GraphKeySetting.graph < .words  // each has the keys of those before it
package enum GraphKeySetting: String, CaseIterable, Comparable, Sendable {
    /// None: readers know an entity's id, or scan.
    case none
    /// Names, types, paths, containers and references.
    case graph
    /// The same, and the words of texts.
    case words

    /// Whether `left` has fewer keys.
    package static func < (left: GraphKeySetting, right: GraphKeySetting) -> Bool {
        left.order < right.order
    }

    private var order: Int {
        switch self {
        case .none: 0
        case .graph: 1
        case .words: 2
        }
    }
}
