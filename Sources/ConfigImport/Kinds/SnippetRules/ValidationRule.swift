import SystemSupport
import UCG

/// A rule that values of a snippet's field have to keep.
struct ValidationRule: Sendable {
    /// What a rule demands.
    enum Demand: Sendable {
        /// There is a value, and not an empty text.
        case required
        /// A text has so many characters, an array so many elements, or more.
        case minLength(Int)
        /// A text has so many characters, an array so many elements, or fewer.
        case maxLength(Int)
        /// A text in which the pattern occurs.
        case pattern(Pattern)
        /// A number within these bounds.
        case range(least: FieldSchema.Bound?, most: FieldSchema.Bound?)
    }

    let demand: Demand
    /// What is said of a value that does not keep it, if the row gives it.
    let message: String?

    /// The names of the rules, with the parameters of each.
    static let parameters: KeyValuePairs<String, [String]> = [
        "required": [], "min_length": ["value"], "max_length": ["value"], "pattern": ["value"],
        "range": ["min", "max"],
    ]

    /// What is wrong with a value; `nil` if it keeps the rule.
    ///
    /// Values that are not given keep all rules but `required`.
    func fault(of value: JSONValue?) -> String? {
        guard let value, value != .null else {
            if case .required = demand { return message ?? "is required" }
            return nil
        }
        return keeps(value) ? nil : message ?? standardMessage
    }

    private func keeps(_ value: JSONValue) -> Bool {
        switch (demand, value) {
        case (.required, .string(let bytes)): !bytes.isEmpty
        case (.minLength(let least), _): value.length.map { $0 >= least } ?? true
        case (.maxLength(let most), _): value.length.map { $0 <= most } ?? true
        case (.pattern(let pattern), .string(let bytes)):
            pattern.matches(String(decoding: bytes, as: UTF8.self))
        case (.range(let least, let most), .number(let text)):
            ExactNumber(text).map { number in
                least.map { !(number < $0.number) } ?? true && most.map { !($0.number < number) } ?? true
            } ?? false
        default: true
        }
    }

    private var standardMessage: String {
        switch demand {
        case .required: "is required"
        case .minLength(let least): "is shorter than \(least)"
        case .maxLength(let most): "is longer than \(most)"
        case .pattern(let pattern): "does not match the pattern \(PlainText.quoted(pattern.text))"
        case .range(let least, let most):
            "is not within \(least?.text ?? "-∞") and \(most?.text ?? "∞")"
        }
    }
}

extension JSONValue {
    /// The characters of a text, or the elements of an array.
    fileprivate var length: Int? {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self).unicodeScalars.count
        case .array(let elements): elements.count
        default: nil
        }
    }
}
