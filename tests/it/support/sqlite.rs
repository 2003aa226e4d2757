//! An SQLite file, as somebody sees it who has the file alone.

use std::time::Duration;

use rusqlite::Connection;

/// Opens the file of `sqlite:FILE`.
pub fn open(url: &str) -> Connection {
    let file = twoyes::store::sqlite_file(url).unwrap();
    let conn = Connection::open(file).unwrap();
    conn.busy_timeout(Duration::from_secs(20)).unwrap();
    conn
}

/// Runs statements without values, and closes it again.
pub fn run(url: &str, sql: &str) {
    let conn = open(url);
    conn.execute_batch(sql).unwrap();
    conn.close().unwrap();
}

/// The column of a statement that has one.
pub fn texts(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap_or_else(|error| panic!("{error} in {sql}"));
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The first number that a statement gives.
pub fn number(conn: &Connection, sql: &str) -> i64 {
    conn.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{error} in {sql}"))
}

/// Every row of every table but these as text, in an order of its own.
pub fn dump(url: &str, without: &[&str]) -> Vec<String> {
    let conn = open(url);
    let mut all = Vec::new();
    for table in texts(&conn, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
        if without.contains(&table.as_str()) {
            continue;
        }
        let columns = texts(&conn, &format!("SELECT name FROM pragma_table_info('{table}')"));
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let rows =
            format!("SELECT '{table}: ' || {} FROM \"{table}\" ORDER BY 1", quoted.join(" || ', ' || "));
        all.extend(texts(&conn, &rows));
    }
    all
}
