import Subprocess

extension PostgresServer {
    /// What a restore of a dump without owners and privileges takes away, as the SQL that gives it back:
    /// grants, default privileges, and owners.
    func rights() async throws(BackupError) -> [String] {
        let arguments = ["--schema-only", "--no-password", "--lock-wait-timeout=10s"]
        let (statements, _) = try await PostgresTool.dump.run(arguments, on: self) { streams in
            try await streams.standardInputWriter.finish()
            var reader = DumpReader()
            var statements: [String] = []
            for try await buffer in streams.standardOutput {
                buffer.withBytes { span in
                    reader.read(span) { event in
                        guard case .statement(let statement) = event, Self.concernsRights(statement) else {
                            return
                        }
                        statements.append(String(decoding: statement.text, as: UTF8.self) + ";")
                    }
                }
            }
            return statements
        }
        return statements
    }

    private static func concernsRights(_ statement: DumpReader.Statement) -> Bool {
        if ["GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES "].contains(where: statement.hasPrefix) {
            return true
        }
        let text = String(decoding: statement.text, as: UTF8.self)
        return text.hasPrefix("ALTER ") && text.contains(" OWNER TO ")
    }
}
