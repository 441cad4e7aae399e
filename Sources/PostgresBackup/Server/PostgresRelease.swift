/// What the releases of PostgreSQL differ in, as far as it matters here: the one place to look at for a new one.
enum PostgresRelease {
    /// A setting that may end a session which waits; the release that has introduced it.
    enum Timeout: String {
        /// All releases.
        case statementTimeout = "statement_timeout"
        /// 14.
        case idleSessionTimeout = "idle_session_timeout"
        /// 17.
        case transactionTimeout = "transaction_timeout"
    }

    /// A statement that disables settings for a session, as far as the server has them.
    static func disable(_ timeouts: [Timeout]) -> String {
        "select set_config(name, '0', false) from pg_settings where name in (\(list(timeouts)))"
    }

    /// The names of settings, as a list of SQL.
    static func list(_ timeouts: [Timeout]) -> String {
        timeouts.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }

    /// Recreates the schema `public` as initdb makes it, for the owner that it had.
    ///
    /// Since release 15 not everybody may create objects in it (release notes of 15).
    static let recreatePublicSchema = """
        do $$
        declare
          owner regrole := (select nspowner from pg_namespace where nspname = 'public');
        begin
          drop schema if exists public cascade;
          create schema public;
          comment on schema public is 'standard public schema';
          if current_setting('server_version_num')::int >= 150000 then
            grant usage on schema public to public;
          else
            grant all on schema public to public;
          end if;
          if owner is not null then
            begin
              execute format('alter schema public owner to %s', owner);
            exception when insufficient_privilege then null;
            end;
          end if;
        end $$
        """

    /// Prints the statement that creates a database with the encoding and locale of the current one.
    ///
    /// Its name is psql's variable `name`. ICU locales exist since release 15; their column is `daticulocale` there and in 16,
    /// and `datlocale` since 17 (documentation of pg_database).
    static let scratchDatabase = """
        select format('create database %I template template0 encoding %L lc_collate %L lc_ctype %L',
            :'name', pg_encoding_to_char(encoding), datcollate, datctype)
          || case when settings ->> 'datlocprovider' = 'i' then format(' locale_provider icu icu_locale %L',
            coalesce(settings ->> 'datlocale', settings ->> 'daticulocale')) else '' end || ';'
        from pg_database, to_jsonb(pg_database) as settings
        where datname = current_database();
        """
}

extension PostgresVersion {
    /// Whether psql of this release knows `\restrict`, with which pg_dump protects dumps since then.
    ///
    /// Source: the release notes of 13.22, 14.19, 15.14, 16.10 and 17.6 (CVE-2025-8714).
    var knowsRestrict: Bool {
        let firstMinor = [13: 22, 14: 19, 15: 14, 16: 10, 17: 6]
        return minor >= firstMinor[major] ?? (major > 17 ? 0 : .max)
    }
}
