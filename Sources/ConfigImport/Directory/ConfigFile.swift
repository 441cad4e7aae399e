import CSV
package import UCG

/// One file of the configuration.
struct ConfigFile: Sendable {
    /// What its rows are.
    enum Kind: Hashable, Sendable {
        case snippets
        case themes
        case associations
        case translations(TranslationSource)
    }

    /// The `--csv` argument joined with the file's place in the directory.
    let path: String
    let kind: Kind
    /// Which file it was when the run began.
    let identity: FileIdentity
    /// Its index among the files of the directory, which the origins of entities have.
    var index = 0

    var entityKind: EntityKind { Self.kind(of: kind) }

    /// The kind of the entities that rows of a file are.
    static func kind(of kind: Kind) -> EntityKind {
        switch kind {
        case .snippets: .snippets
        case .themes: .themes
        case .associations: .associations
        case .translations: .translations
        }
    }
}

/// Where a translation file stands, which says what its rows translate.
struct TranslationSource: Hashable, Sendable {
    enum Layer: String, Sendable {
        case global, theme, template, snippet, plugin
    }

    let layer: Layer
    /// The theme, snippet or plugin; `<theme>/<template>` for a template; `nil` for the global layer.
    let scope: String?
    /// The locale in the file's name.
    let locale: Locale?
}

/// The four kinds of entities, in the order in which they are imported.
package enum EntityKind: String, CaseIterable, Hashable, Sendable {
    /// Snippet types.
    case snippets
    /// Themes.
    case themes
    /// Associations.
    case associations
    /// Translations.
    case translations

    /// The kind that makes entities of a type; `nil` if there is none.
    package init?(of type: EntityType) {
        guard let kind = Self.allCases.first(where: { $0.type == type }) else { return nil }
        self = kind
    }

    /// The type of the entities of this kind.
    package var type: EntityType {
        switch self {
        case .snippets: .snippet
        case .themes: .theme
        case .associations: .association
        case .translations: .translation
        }
    }
}
