import CSV
import UCG

/// How one translation file says what is translated into which language.
enum TranslationForm {
    /// `translations.<locale>.csv`: the file's name says it.
    case inFileName(Locale)
    /// A `locale` column says it.
    case long
    /// The key says it behind its last `@`.
    case inKey
    /// A column for each locale, with the text in it: the header's name and the locale.
    case wide([(column: String, locale: Locale)])
}

/// The columns of a translation file in each of its forms.
enum TranslationLayout {
    /// The form that the header has, and its layout; the log says why if it has none.
    static func choose(
        _ rows: borrowing RowReader, _ source: TranslationSource, _ form: inout TranslationForm?,
        _ log: inout IssueLog
    ) -> Layout? {
        let names = rows.header.map(\.asciiLowercased)
        func refuse(_ code: IssueCode, at field: Int?, _ reason: String) {
            log.add(
                .error, code, rows.file.path, rows.headerPositions[field ?? 0],
                field: field.map { rows.header[$0] }, reason)
        }
        let key = keyElements(names)
        if let locale = source.locale {
            if names.contains("locale") {
                refuse(
                    .mixedColumns, at: names.firstIndex(of: "locale"),
                    "the file's name gives the locale \(locale) already")
                return nil
            }
            form = .inFileName(locale)
            return Layout(key + [valueColumn] + members)
        }
        if names.contains("locale") {
            form = .long
            return Layout(key + [localeColumn, valueColumn] + members)
        }
        if names.contains("value") {
            form = .inKey
            return Layout(keyElements(names, kind: .word) + [valueColumn] + members)
        }
        guard let columns = wideColumns(rows.header, refuse) else { return nil }
        let cells = columns.map { Layout.Element.column(Column($0.column, .text)) }
        form = .wide(columns)
        return Layout(key + cells + members)
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

    private static let valueColumn = Layout.Element.column(Column("value", .text, isRequired: true))
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

    /// The columns that are named by a locale; `nil` if there is none, or two of one locale.
    private static func wideColumns(
        _ header: [String], _ refuse: (IssueCode, Int?, String) -> Void
    ) -> [(column: String, locale: Locale)]? {
        var columns: [(column: String, locale: Locale)] = []
        var places: [Locale: Int] = [:]
        for (field, name) in header.enumerated() {
            guard let locale = wideLocale(name.asciiLowercased) else { continue }
            if let other = places.updateValue(field, forKey: locale) {
                refuse(
                    .repeatedColumn, field,
                    "the locale \(locale) has the column \(PlainText.quoted(header[other])) already")
                return nil
            }
            columns.append((name.asciiLowercased, locale))
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

    /// The locale that a column's name stands for: `de`, `de_ch`, `label_de`, `value_deu`.
    private static func wideLocale(_ name: String) -> Locale? {
        for prefix in ["label_", "value_"] where name.hasPrefix(prefix) {
            return Locale(name.dropFirst(prefix.count))
        }
        return Locale(name).flatMap { $0.isBareThreeLetterLanguage ? nil : $0 }
    }
}
