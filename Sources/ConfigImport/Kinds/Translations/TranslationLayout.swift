import CSV
import UCG

/// How one translation file says what is translated into which language.
enum TranslationForm {
    /// `translations.<locale>.csv`: the file's name says it.
    case inFileName(Locale)
    /// A `locale` column says it.
    case long
    /// The key says it after its last `@`.
    case inKey
    /// A column for each locale, with the text in it.
    case wide([(column: Column, locale: Locale)])
}

/// The columns of a translation file in each of its forms.
enum TranslationLayout {
    /// The form that the header has, and its layout; the log says why if it has none.
    static func choose(
        _ rows: borrowing RowReader, place: LayerPlace, log: inout IssueLog
    ) -> (form: TranslationForm, layout: Layout)? {
        let names = rows.header.map(\.asciiLowercased)
        func refuse(_ code: IssueCode, at field: Int?, _ reason: String) {
            log.add(
                Issue(
                    severity: .error, code: code, path: rows.file.path,
                    position: rows.headerPositions[field ?? 0], field: field.map { rows.header[$0] },
                    reason: reason, setting: code == .unknownColumn ? .keepsColumns : nil))
        }
        let key = keyElements(names)
        if let locale = place.locale {
            if names.contains("locale") {
                refuse(
                    .mixedColumns, at: names.firstIndex(of: "locale"),
                    "the file's name gives the locale \(locale) already")
                return nil
            }
            return (.inFileName(locale), layout(key + [.column(value)]))
        }
        if names.contains("locale") {
            return (.long, layout(key + [.column(locale), .column(value)]))
        }
        if names.contains("value") {
            return (.inKey, layout(keyElements(names, key: keyWithLocale) + [.column(value)]))
        }
        guard let columns = wideColumns(rows.header, keepsColumns: rows.keepsColumns, refuse) else {
            return nil
        }
        warnOfDoubtfulColumns(rows, locales: columns, names: names, log: &log)
        let cells = columns.map { Layout.Element.column($0.column) }
        return (.wide(columns), layout(key + cells))
    }

    /// The key, or the snippet and field that make it.
    private static func keyElements(
        _ names: [String], key: Column = key
    ) -> [Layout.Element] {
        if !names.contains(key.name), names.contains(snippet.name), names.contains(field.name) {
            return [.column(snippet), .column(field)]
        }
        return [.column(key)]
    }

    static let key = Column("key", .translationKey, isRequired: true)
    /// The key where its locale follows in the same cell.
    private static let keyWithLocale = Column("key", .word, isRequired: true)
    static let snippet = Column("snippet_name", .word, isRequired: true)
    static let field = Column("field_name", .word, isRequired: true)
    static let locale = Column("locale", .locale, isRequired: true)
    /// The text; without one a row is not translated yet.
    static let value = Column("value", .text, isRequired: true, mayBeAbsent: true)

    private static let members: [Layout.Element] = [
        .derived(Derived.key),
        .derived(Derived.localeLayerScope),
        .derived(Derived.value),
        .column(Column("context", .text, as: "context")),
        .column(Column("updated", .date, as: "updated")),
        .derived(Derived.placeholders),
    ]

    private static func layout(_ columns: [Layout.Element]) -> Layout {
        Layout(columns + members, reserved: ["layer", "scope"])
    }

    /// The members that are made of the key, the file's place and the text.
    enum Derived: Int, DerivedMember {
        /// `localeLayerScope` stands for three members: they are written in one piece, which changes with the locale.
        case key, localeLayerScope, value, placeholders

        var name: String {
            switch self {
            case .key: "key"
            case .localeLayerScope: "locale"
            case .value: "value"
            case .placeholders: "placeholders"
            }
        }
    }

    /// The layouts of all forms, but for the columns of locales.
    static var all: [Layout] {
        [
            layout(keyElements(["key"]) + [.column(locale), .column(value)]),
            Layout(keyElements(["snippet_name", "field_name"])),
        ]
    }

    /// What the wide form may have in addition to keys and locales.
    private static let wideNames = [
        "key", "snippet_name", "field_name", "context", "comment", "note", "notes", "description", "updated",
    ]

    /// The columns that are named by a locale; `nil` if there is none, or two of one locale, or a column that is not a locale
    /// and no other that this form has.
    private static func wideColumns(
        _ header: [String], keepsColumns: Bool, _ refuse: (IssueCode, Int?, String) -> Void
    ) -> [(column: Column, locale: Locale)]? {
        var columns: [(column: Column, locale: Locale)] = []
        var places: [Locale: Int] = [:]
        var unknown: [(field: Int, hint: String?)] = []
        for (field, name) in header.enumerated() where !name.isEmpty {
            guard let locale = wideLocale(name.asciiLowercased) else {
                if !wideNames.contains(name.asciiLowercased) {
                    unknown.append((field, LocaleHint.text(for: name)))
                }
                continue
            }
            if let other = places.updateValue(field, forKey: locale) {
                refuse(
                    .repeatedColumn, field,
                    "the locale \(locale) has the column \(PlainText.quoted(header[other])) already")
                return nil
            }
            columns.append((Column(name.asciiLowercased, .text), locale))
        }
        // Without a key, what is missing is said, and not what is too much.
        let hasKey = header.contains { ["key", "snippet_name"].contains($0.asciiLowercased) }
        let isOfLocales = hasKey && !columns.isEmpty || hasKey && unknown.contains { $0.hint != nil }
        if isOfLocales, !keepsColumns, !unknown.isEmpty {
            for (field, hint) in unknown {
                refuse(
                    .unknownColumn, field,
                    "not a locale, nor a column of this form; "
                        + (hint
                            ?? "expected locales such as de or de_DE, key, context, comment, note, notes, description or updated")
                )
            }
            return nil
        }
        if columns.isEmpty {
            refuse(
                .missingLocale, nil,
                "nothing says which language this is: name the file translations.<locale>.csv, or add a column "
                    + "'locale', or name the columns of text by their locales, such as 'de' and 'en'")
            return nil
        }
        return columns
    }

    /// Warns of columns that are taken for a locale's and stand where none is expected.
    private static func warnOfDoubtfulColumns(
        _ rows: borrowing RowReader, locales columns: [(column: Column, locale: Locale)], names: [String],
        log: inout IssueLog
    ) {
        guard let key = names.firstIndex(of: "key") else { return }
        let locales = Set(columns.map(\.column.name))
        for (field, name) in names.enumerated()
        where field < key && name.utf8.count == 2 && locales.contains(name) {
            log.add(
                .warning, .doubtfulLocale, in: rows.file.path, at: rows.headerPositions[field],
                field: rows.header[field],
                reason:
                    "taken for the locale \(name), though it stands before the key; label_\(name) says that it is one"
            )
        }
    }

    /// The locale that a column's name stands for: `de`, `de_ch`, `label_de`, `value_deu`.
    private static func wideLocale(_ name: String) -> Locale? {
        for prefix in ["label_", "value_"] where name.hasPrefix(prefix) {
            return Locale(name.dropFirst(prefix.count))
        }
        return Locale(name).flatMap { $0.isBareThreeLetterLanguage ? nil : $0 }
    }
}
