/// What is in a database that is to be replaced.
struct TargetState: Sendable {
    let database: String
    let user: String
    let isSuperuser: Bool
    let version: String
    let sessions: [String]
    /// Schemas that are neither the system's nor an extension's, as SQL identifiers.
    let schemas: [String]
    /// Grants and owners that a restore takes away, as the SQL that gives them back.
    let grants: [String]
}

extension PostgresServer {
    /// Looks at a database.
    func targetState() async throws(BackupError) -> TargetState {
        do {
            async let rights = rights()
            let facts = try await facts()
            // What belongs to this user belongs to it afterwards too.
            let grants = try await rights.filter { !$0.hasSuffix(" OWNER TO \(facts.user);") }
            return TargetState(
                database: facts.database, user: facts.user, isSuperuser: facts.isSuperuser,
                version: facts.version, sessions: facts.sessions,
                schemas: facts.schemas,
                grants: grants + facts.largeObjectGrants)
        } catch let error as BackupError {
            throw error
        } catch {
            throw BackupError(.interrupted, "interrupted")
        }
    }

    private struct Facts: Decodable {
        let database: String
        let user: String
        let isSuperuser: Bool
        let version: String
        let sessions: [String]
        let schemas: [String]
        let largeObjectGrants: [String]
    }

    private func facts() async throws(BackupError) -> Facts {
        try await query(
            Facts.self,
            by: """
                select json_build_object(
                  'database', current_database(), 'user', quote_ident(current_user),
                  'isSuperuser', (select rolsuper from pg_roles where rolname = current_user),
                  'version', current_setting('server_version'),
                  'sessions', (
                    select coalesce(json_agg(format('%s (%s)', name, count) order by name), '[]') from (
                      select coalesce(nullif(application_name, ''), 'unnamed') as name, count(*) as count
                      from pg_stat_activity
                      where datname = current_database() and application_name <> current_setting('application_name')
                        and backend_type = 'client backend'
                      group by 1) as session),
                  'largeObjectGrants', (
                    select coalesce(json_agg(format('GRANT %s ON LARGE OBJECT %s TO %s;', privilege_type, oid,
                      case grantee when 0 then 'PUBLIC' else grantee::regrole::text end) order by oid), '[]')
                    from pg_largeobject_metadata, aclexplode(lomacl) where grantee <> lomowner),
                  'schemas', (
                    select coalesce(json_agg(quote_ident(nspname) order by nspname), '[]') from pg_namespace
                    where nspname !~ '^pg_' and nspname <> 'information_schema'
                      and not exists (select from pg_depend
                        where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid and deptype = 'e')));
                """)
    }
}
