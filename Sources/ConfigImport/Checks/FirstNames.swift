/// The first thousand names of things, among which a misspelt one is looked for.
struct FirstNames: Sendable {
    /// The names, in the order in which they came.
    private(set) var names: [String] = []

    /// Adds a name, if there is room for it.
    mutating func add(_ name: @autoclosure () -> String) {
        if names.count < 1000 { names.append(name()) }
    }
}
