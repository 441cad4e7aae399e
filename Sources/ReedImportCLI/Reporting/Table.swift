/// Lines of aligned columns.
enum Table {
    /// Which side of its column a text is at.
    enum Side { case left, right }

    /// `rows`, each with a text for every one of `sides`, two spaces between columns.
    static func text(_ rows: [[String]], _ sides: [Side]) -> String {
        let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return sides[column] == .left ? text + space : space + text
            }
            .joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        .joined()
    }
}

/// `812 B`, `1.4 KiB`, `23 MiB`: three digits at most.
func humanSize(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var size = Double(bytes)
    var unit = 0
    while size >= 1023.5, unit < 5 {
        size /= 1024
        unit += 1
    }
    let tenths = Int((size * 10).rounded())
    let number = tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(size.rounded()))"
    return "\(number) \(["B", "KiB", "MiB", "GiB", "TiB", "PiB"][unit])"
}
