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
    /// A column for each locale, with the text in it: the header's name and the locale.
    case wide([(column: String, locale: Locale)])
}

/// The columns of a translation file in each of its forms.
enum TranslationLayout {
    /// The form that the header has, and its layout; the log says why if it has none.
    static func choose(
        _ rows: borrowing RowReader, source: TranslationSource, log: inout IssueLog
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
        if let locale = source.locale {
            if names.contains("locale") {
                refuse(
                    .mixedColumns, at: names.firstIndex(of: "locale"),
                    "the file's name gives the locale \(locale) already")
                return nil
            }
            return (.inFileName(locale), Layout(key + [valueColumn] + members))
        }
        if names.contains("locale") {
            return (.long, Layout(key + [localeColumn, valueColumn] + members))
        }
        if names.contains("value") {
            return (.inKey, Layout(keyElements(names, kind: .word) + [valueColumn] + members))
        }
        guard let columns = wideColumns(rows.header, keepsColumns: rows.keepsColumns, refuse) else {
            return nil
        }
        warnOfDoubtfulColumns(rows, locales: columns, names: names, log: &log)
        let cells = columns.map { Layout.Element.column(Column($0.column, .text)) }
        return (.wide(columns), Layout(key + cells + members))
    }

    /// The key, or the snippet and field that make it.
    private static func keyElements(
        _ names: [String], kind: ColumnKind = .translationKey
    ) -> [Layout.Element] {
        if !names.contains("key"), names.contains("snippet_name"), names.contains("field_name") {
            return [
                .column(Column("snippet_name", .word, isRequired: true)),
                .column(Column("field_name", .word, isRequired: true)),
            ]
        }
        return [.column(Column("key", kind, isRequired: true))]
    }

    /// Without a value a row is not translated yet.
    private static let valueColumn = Layout.Element.column(
        Column("value", .text, isRequired: true, mayBeAbsent: true))
    private static let localeColumn = Layout.Element.column(Column("locale", .locale, isRequired: true))

    private static let members: [Layout.Element] = [
        .derived(.key),
        .derived(.locale),
        .derived(.layer),
        .derived(.scope),
        .derived(.value),
        .column(Column("context", .text, as: "context")),
        .column(Column("updated", .date, as: "updated")),
        .derived(.placeholders),
    ]

    /// The layouts of all forms, but for the columns of locales.
    static var all: [Layout] {
        [
            Layout(keyElements(["key"]) + [localeColumn, valueColumn] + members),
            Layout(keyElements(["snippet_name", "field_name"])),
        ]
    }

    /// What the wide form may have in addition to keys and locales.
    private static let wideNames = [
        "key", "snippet_name", "field_name", "context", "comment", "note", "notes", "description", "updated",
    ]

    /// The columns that are named by a locale; `nil` if there is none, or two of one locale, or a column that is none
    /// and no other that this form has.
    private static func wideColumns(
        _ header: [String], keepsColumns: Bool, _ refuse: (IssueCode, Int?, String) -> Void
    ) -> [(column: String, locale: Locale)]? {
        var columns: [(column: String, locale: Locale)] = []
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
            columns.append((name.asciiLowercased, locale))
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
        _ rows: borrowing RowReader, locales columns: [(column: String, locale: Locale)], names: [String],
        log: inout IssueLog
    ) {
        guard let key = names.firstIndex(of: "key") else { return }
        let locales = Set(columns.map(\.column))
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
