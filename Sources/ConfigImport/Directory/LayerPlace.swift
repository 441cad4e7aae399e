import UCG

/// Where a file stands in a directory, which says what its texts are for.
struct LayerPlace: Hashable, Sendable {
    /// What texts belong to.
    enum Layer: String, Sendable {
        case global, theme, template, snippet, plugin
    }

    let layer: Layer
    /// The theme, snippet or plugin; `<theme>/<template>` for a template; `nil` for the global layer.
    let scope: String?
    /// The locale in the file's name.
    let locale: Locale?

    /// The place of files that belong to no layer.
    static let root = LayerPlace(layer: .global, scope: nil, locale: nil)
}
