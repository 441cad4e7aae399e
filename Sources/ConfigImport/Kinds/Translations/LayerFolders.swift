import CSV
import UCG

/// Folders of layers, which belong to a theme or a snippet by their names.
enum LayerFolders {
    private static let mostSuggestions = 100

    /// Warns of folders that belong to no theme and no snippet.
    static func check(_ files: [ConfigFile], _ pass: inout CheckPass) {
        var seen: Set<EntityID> = []
        var suggestions = 0
        for file in files {
            guard let scope = file.place.scope else { continue }
            let name = String(scope.prefix { $0 != "/" })
            let type: EntityType
            switch file.place.layer {
            case .theme, .template: type = .theme
            case .snippet: type = .snippet
            case .global, .plugin: continue
            }
            if pass.isBroken(type) { continue }
            if pass.identities.contains(EntityName.id(type, name)) || pass.lostTexts.contains(name) {
                continue
            }
            guard seen.insert(EntityName.id(type, name)).inserted else { continue }
            // Each takes time by the number of names.
            suggestions += 1
            let hint =
                suggestions > mostSuggestions ? "" : Suggestion.suffix(for: name, among: pass.names(of: type))
            pass.log.add(
                .warning, .unknownFolder, in: file.path, at: CSVPosition(line: 1, column: 1), excerpt: .none,
                reason: "the folder belongs to the \(type) \(PlainText.quoted(name)), which no row defines"
                    + hint)
        }
    }
}
