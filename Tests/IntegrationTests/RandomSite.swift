import TestSupport

/// A configuration directory at random: every kind, in its layers, with names that another one may have as well.
struct RandomSite {
    private var files: [String: String] = [:]

    init(_ dice: inout SeededGenerator) {
        let snippets = Self.some(of: ["hero", "cta", "teaser", "gallery", "footer-links", "quote"], &dice)
        let themes = Self.some(of: ["corporate", "corporate.berlin", "dark", "dark.high-contrast"], &dice)
        writeSnippets(snippets, &dice)
        writeThemes(themes, &dice)
        writeAssociations(snippets, &dice)
        writeTexts("translations.de.csv", &dice)
        writeTexts("translations.pt_BR.csv", &dice)
        if let theme = themes.first { writeTexts("themes/\(theme)/translations.de.csv", &dice) }
        if let snippet = snippets.last { writeTexts("snippets/\(snippet)/translations.de.csv", &dice) }
        // Nothing of a kind is a directory, too, as long as there is one of another.
        if Int.random(in: 0..<6, using: &dice) == 0 { files["associations.csv"] = nil }
        if Int.random(in: 0..<6, using: &dice) == 0 { files["translations.pt_BR.csv"] = "key,value\n" }
    }

    /// Writes the directory.
    func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        for (path, text) in files { try folder.write(text, to: path) }
        return folder
    }

    private static func some(of names: [String], _ dice: inout SeededGenerator) -> [String] {
        names.filter { _ in Int.random(in: 0..<3, using: &dice) > 0 }
    }

    /// Text with whatever CSV and JSON have to escape, quoted.
    private static func text(_ dice: inout SeededGenerator) -> String {
        let pieces = [
            "Text", " und ", "\"\"", "\\", "\n", "\t", "é", "日本", "🙂", "{name}", ",", "<b>", "\u{1}", "/",
        ]
        let count = Int.random(in: 0...4, using: &dice)
        return "\"" + (0..<count).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined() + "\""
    }

    private mutating func writeSnippets(_ names: [String], _ dice: inout SeededGenerator) {
        var text = "snippet_name,field_name,field_type,required,default_value,help_text,note\n"
        for name in names {
            let fields = Self.some(of: ["title", "speed", "is_open", "items"], &dice)
            if fields.isEmpty { text += "\(name),,,,,,\n" }
            for field in fields {
                let (type, value) =
                    switch field {
                    case "speed": ("number", ["1.50", "-2e3", "0"].randomElement(using: &dice) ?? "")
                    case "is_open": ("boolean", ["yes", "0", ""].randomElement(using: &dice) ?? "")
                    case "items": ("Array", "\"[1, {\"\"b\"\": 2, \"\"a\"\": \"\"\\u00e9\"\"}]\"")
                    default: ("text", Self.text(&dice))
                    }
                text += "\(name),\(field),\(type),\(Bool.random(using: &dice)),\(value),"
                text += "\(Self.text(&dice)),\(Self.text(&dice))\n"
            }
        }
        files["snippets.csv"] = text
    }

    private mutating func writeThemes(_ names: [String], _ dice: inout SeededGenerator) {
        var text = "theme_name,parent_theme,context_type,active,description\n"
        for (index, name) in names.enumerated() {
            let parent = Bool.random(using: &dice) ? names[..<index].randomElement(using: &dice) ?? "" : ""
            text += "\(name),\(parent),,\(Bool.random(using: &dice)),\(Self.text(&dice))\n"
        }
        files["themes.csv"] = text
    }

    private mutating func writeAssociations(_ snippets: [String], _ dice: inout SeededGenerator) {
        var text = "parent_path,entity_type,entity_id,weight,path\n,page,home,0,content.1\n"
        for number in Self.some(of: (1...8).map(String.init), &dice) {
            let type = snippets.randomElement(using: &dice) ?? "page"
            // The same instance, placed by another type, is another entity.
            text +=
                "home,\(type),part_\(number),\(Int.random(in: -3...3, using: &dice)),content.1.\(number)\n"
        }
        files["associations.csv"] = text
    }

    private mutating func writeTexts(_ path: String, _ dice: inout SeededGenerator) {
        var text = "key,value,context\n"
        for number in 0..<Int.random(in: 1...60, using: &dice) where Bool.random(using: &dice) {
            text += "section\(number % 5).item\(number),\(Self.text(&dice)),\(Self.text(&dice))\n"
        }
        files[path] = text
    }
}
