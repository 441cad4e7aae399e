/// Lines that GitHub Actions shows at the lines of a change
/// (GitHub documentation, "Workflow commands for GitHub Actions").
enum Annotation {
    /// A line about a place in a file.
    static func line(_ level: String, path: String, line: Int, column: Int? = nil, message: String)
        -> String
    {
        var properties = "file=\(property(path)),line=\(line)"
        if let column { properties += ",col=\(column)" }
        return "::\(level) \(properties)::\(data(message))\n"
    }

    /// A line about the whole run.
    static func notice(_ message: String) -> String { "::notice title=reed-import::\(data(message))\n" }

    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
