import TestSupport

/// A configuration directory at random: every kind, in its layers, with names that another one may have as well.
struct RandomSite {
    private var files: [String: String] = [:]

    /// - Parameter declares: Whether instances have rows of their own.
    init(_ dice: inout SeededGenerator, declares: Bool = true) {
        let snippets = Self.some(of: ["hero", "cta", "teaser", "gallery", "footer-links", "quote"], &dice)
        let themes = Self.some(of: ["corporate", "corporate.berlin", "dark", "dark.high-contrast"], &dice)
        writeSnippets(snippets, &dice)
        writeThemes(themes, &dice)
        if declares, Int.random(in: 0..<4, using: &dice) > 0 { writeEntities(snippets, &dice) }
        writeSideFiles(snippets, &dice)
        writeAssociations(snippets, &dice)
        writeTexts("translations.de.csv", &dice)
        writeTexts("translations.pt_BR.csv", &dice)
        if let theme = themes.first { writeTexts("themes/\(theme)/translations.de.csv", &dice) }
        if let snippet = snippets.last { writeTexts("snippets/\(snippet)/translations.de.csv", &dice) }
        // Nothing of a kind is a directory, too, as long as there is one of another.
        if Int.random(in: 0..<6, using: &dice) == 0 { files["associations.csv"] = nil }
        if Int.random(in: 0..<6, using: &dice) == 0 { files["translations.pt_BR.csv"] = "key,value\n" }
    }

    /// The directory of another source, which puts more into the same containers.
    static func supplement(_ dice: inout SeededGenerator) -> RandomSite {
        var site = RandomSite()
        var text = "parent_path,entity_type,entity_id,weight,path,association_type\n,page,home,0,shop,\n"
        for number in 1...8 where Bool.random(using: &dice) {
            text +=
                "shop,menu-item,product_\(number),\(Int.random(in: -3...3, using: &dice)),shop.\(number),\n"
        }
        // What the other source places, too, is only referred to.
        for number in 1...8 where Bool.random(using: &dice) {
            text += ",menu-item,item_\(number % 3),0,shop.item.\(number),references\n"
        }
        site.files["associations.csv"] = text + ",page,item,0,shop.item,references\n"
        return site
    }

    private init() {}

    /// Changes one place of one file, so that the directory may be wrong.
    mutating func spoil(_ dice: inout SeededGenerator) {
        guard let path = files.keys.sorted().randomElement(using: &dice), let text = files[path] else {
            return
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let line = Int.random(in: 0..<lines.count, using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: lines.remove(at: line)
        case 1: lines.insert(lines[line], at: line)
        case 2: lines[line] += ","
        case 3: lines[line] = lines[line].replacing("1", with: "x", maxReplacements: 1)
        default:
            var cells = lines[line].split(separator: ",", omittingEmptySubsequences: false)
            cells.swapAt(0, Int.random(in: 0..<cells.count, using: &dice))
            lines[line] = cells.joined(separator: ",")
        }
        files[path] = lines.joined(separator: "\n")
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

    /// Pages, users and instances, some of them with an id, an author or a time of their own.
    private mutating func writeEntities(_ snippets: [String], _ dice: inout SeededGenerator) {
        var text = "id,entity_type,semantic_name,data,created_by,created_at,note\n"
        var rows = [("page", "home"), ("page", "news"), ("user", "home"), ("user", "anna")]
        for number in 1...4 {
            rows.append((snippets.randomElement(using: &dice) ?? "page", "part_\(number)"))
        }
        for (index, (type, name)) in rows.enumerated() where Int.random(in: 0..<3, using: &dice) > 0 {
            let id = Int.random(in: 0..<4, using: &dice)
            let uuid = id == 0 ? "9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e9\(10 + (index + id) % 8)" : ""
            let title =
                ["Ein Fest", "Über uns", "Straßenfest 2026", "ΟΔΟΣ και ΦΩΣ", "Новости дня"]
                .randomElement(using: &dice) ?? ""
            // What one directory gives and the next one does not is kept.
            let author = type == "user" ? "import" : ""
            let time =
                Bool.random(using: &dice) ? "2024-01-0\(Int.random(in: 1...3, using: &dice))T00:00:00Z" : ""
            text += "\(uuid),\(type),$\(name),\"{\"\"title\"\": \"\"\(title)\"\", \"\"rank\"\": 1.50}\","
            text += "\(author),\(time),\(Self.text(&dice))\n"
        }
        files["entities.csv"] = text
    }

    /// What is said of snippets beside their fields.
    private mutating func writeSideFiles(_ snippets: [String], _ dice: inout SeededGenerator) {
        let named = snippets.filter { _ in Bool.random(using: &dice) }
        guard Bool.random(using: &dice), !named.isEmpty else { return }
        files["meta_snippets.csv"] =
            "snippet_name,is_routable,cache_ttl,remark\n"
            + named.map {
                "\($0),\(Bool.random(using: &dice) ? "yes" : ""),\(Int.random(in: 0...600, using: &dice)),\n"
            }
            .joined()
        files["snippet_relationships.csv"] =
            "parent_type,allowed_child_types\n"
            + named.map { "\($0),page|\(snippets.randomElement(using: &dice) ?? "menu")\n" }.joined()
    }

    private mutating func writeAssociations(_ snippets: [String], _ dice: inout SeededGenerator) {
        var text = "parent_path,entity_type,entity_id,weight,path,association_type\n,page,home,0,content.1,\n"
        for number in 1...8 where Int.random(in: 0..<3, using: &dice) > 0 {
            let type = snippets.randomElement(using: &dice) ?? "page"
            let weight = Int.random(in: -3...3, using: &dice)
            // The same instance, placed by another type, is another entity.
            text += "home,\(type),part_\(number),\(weight),content.1.\(number),\n"
            // The same one in another place, where it is only referred to; and others below it.
            if Bool.random(using: &dice) {
                text += ",\(type),part_\(number),\(weight),again.\(number),references\n"
            }
            if Bool.random(using: &dice) {
                text +=
                    "content.1.\(number),menu-item,item_\(number % 3),\(weight),,\(number < 3 ? "" : "shows")\n"
            }
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
