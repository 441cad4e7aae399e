/// The values of which a text must be one.
///
/// Complexity: looking one up takes constant time, however many there are.
struct Choices: Sendable {
    /// The values, in the order in which they are written.
    private let values: [String]
    private let known: Set<String>

    /// No choice: any text will do.
    init() { (values, known) = ([], []) }

    /// The choice among `values`; `nil` if one of them is empty or stands there twice.
    init?(_ values: [String]) {
        known = Set(values)
        guard !known.contains(""), known.count == values.count else { return nil }
        self.values = values
    }

    /// Whether there is no choice.
    var isEmpty: Bool { values.isEmpty }

    /// Whether `text` is one of them.
    func contains(_ text: String) -> Bool { known.contains(text) }

    /// `one of 'a', 'b' and 7 more`.
    var expected: String { "one of " + PlainText.list(values, count: values.count) }
}
