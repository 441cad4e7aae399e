import FoundationEssentials
import Subprocess

extension PostgresServer {
    /// Runs SQL in psql and answers its output, a line for each row.
    ///
    /// - Parameter variables: Values that the SQL names as `:'name'`, quoted by psql.
    func query(
        _ sql: String, _ variables: [(name: String, value: String)] = []
    ) async throws(BackupError) -> [String] {
        let settings = "set client_encoding = 'UTF8'; set lock_timeout = '10s';"
        let values = variables.flatMap { ["-v", "\($0.name)=\($0.value)"] }
        let (lines, _) = try await PostgresTool.psql.run(PostgresTool.psqlArguments + values, on: self) {
            streams in
            _ = await streams.standardInputWriter.send(Array("\(settings)\n\(sql)\n".utf8))
            try await streams.standardInputWriter.finish()
            var output = OutputLines(streams)
            var lines: [String] = []
            while let line = try await output.next() { lines.append(line) }
            return lines
        }
        return lines
    }

    /// Runs SQL that answers one row of JSON.
    func query<Answer: Decodable>(
        _ type: Answer.Type, by sql: String, _ variables: [(name: String, value: String)] = []
    ) async throws(BackupError) -> Answer {
        let lines = try await query(sql, variables)
        return try Self.decoded(type, lines.last ?? "")
    }

    static func decoded<Answer: Decodable>(
        _ type: Answer.Type, _ line: String
    ) throws(BackupError) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(line.utf8))
        } catch {
            throw BackupError(.data, "psql gave an answer that was not expected")
        }
    }

    /// What a server says about itself and the session.
    struct Session: Decodable, Sendable {
        let database: String
        /// The encoding of the database.
        let encoding: String
        let isLocked: Bool
    }
}
