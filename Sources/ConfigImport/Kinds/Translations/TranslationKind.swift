import CSV
import UCG

extension Kind {
    /// `translations*.csv`, in the directory and in the folders of its layers.
    package static let translations = Kind(
        name: "translations", types: [.translation], files: .layered("translations"),
        layouts: TranslationLayout.all, makeImporter: { TranslationImporter() })
}

/// The rows of one translation file, and how they say what is translated into which language.
struct TranslationRows: ~Copyable {
    var rows: FileRows
    let form: TranslationForm

    /// Opens a file in a pass; `nil` if it cannot be read, or is empty.
    static func open(
        _ file: ConfigFile, in pass: inout some RowPass
    ) throws(InputError) -> TranslationRows? {
        var form: TranslationForm?
        let rows = try pass.open(file) { reader, log in
            let chosen = TranslationLayout.choose(reader, place: file.place, log: &log)
            form = chosen?.form
            return chosen?.layout
        }
        guard let rows, let form else { return nil }
        return TranslationRows(rows: rows, form: form)
    }
}
