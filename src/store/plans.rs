//! Tests over every statement: each prepares against today's schema, and none of those that settling, digesting or delivering
//! run looks at a whole table. The cost of a step follows what changed, not how much is kept.

use rusqlite::Connection;

use super::open::{self, STEPS};
use super::{
    audit, bodies, canary, cells, changes, deliveries, filings, history, listings, looks, notices, outbox, parties,
    partings, projects, recount, review, rulings, runs, sources, stops, subscribers, subscriptions, tallied, totals,
    visits, wins,
};

const ROOMS: [(&str, &[(&str, &str)]); 28] = [
    ("mod", super::STATEMENTS),
    ("sources", sources::STATEMENTS),
    ("bodies", bodies::STATEMENTS),
    ("listings", listings::STATEMENTS),
    ("notices", notices::STATEMENTS),
    ("projects", projects::STATEMENTS),
    ("totals", totals::STATEMENTS),
    ("cells", cells::STATEMENTS),
    ("rulings", rulings::STATEMENTS),
    ("partings", partings::STATEMENTS),
    ("history", history::STATEMENTS),
    ("changes", changes::STATEMENTS),
    ("subscriptions", subscriptions::STATEMENTS),
    ("subscribers", subscribers::STATEMENTS),
    ("runs", runs::STATEMENTS),
    ("deliveries", deliveries::STATEMENTS),
    ("outbox", outbox::STATEMENTS),
    ("stops", stops::STATEMENTS),
    ("canary", canary::STATEMENTS),
    ("recount", recount::STATEMENTS),
    ("review", review::STATEMENTS),
    ("tallied", tallied::STATEMENTS),
    ("audit", audit::STATEMENTS),
    ("visits", visits::STATEMENTS),
    ("looks", looks::STATEMENTS),
    ("parties", parties::STATEMENTS),
    ("filings", filings::STATEMENTS),
    ("wins", wins::STATEMENTS),
];

/// Rooms that count everything, because a person or a metric asks for it.
const COUNTING_ROOMS: [&str; 5] = ["mod", "recount", "review", "tallied", "audit"];

/// Statements over small or bounded tables, with the reason.
const BOUNDED: [(&str, &str, &str); 26] = [
    ("subscriptions", "MEMORIES", "as many rows as there are subscriptions; once for a walk that tells any of them"),
    ("subscriptions", "ROSTER", "counts by indexes: a row costs less than a millionth of a second"),
    ("changes", "SEQ_AT", "a person asks what would have been told"),
    ("parties", "LACKING", "ends at the first row"),
    ("history", "UNCELLED", "an index of what is not caught up yet, up to the limit; empty ever after"),
    ("sources", "SOURCES", "as many rows as the configuration has sources"),
    ("sources", "HOSTS", "as many rows as there are hosts"),
    ("rulings", "RULINGS", "as many rows as people have ruled; asked by people"),
    ("rulings", "AS_OF", "as many rows as people have ruled; once for a whole history"),
    ("subscribers", "ERASE_DIGESTS", "once for a row that is erased or expires"),
    ("subscribers", "ERASE_STOPS", "as many rows as receivers refused for good; once for a person who asks for it"),
    ("subscribers", "ALL", "a person asks who subscribes"),
    ("subscribers", "ERASE_DELIVERIES", "once for a person who asks for it"),
    ("deliveries", "DELIVERIES", "walks the table backwards from its end, up to the limit"),
    ("outbox", "LANES", "one look into an index for each channel"),
    ("stops", "STOPS", "as many rows as receivers refused for good; asked by people"),
    ("deliveries", "STATES", "counts by an index, for metrics"),
    ("parties", "FACTS", "a report asks who everybody is"),
    ("parties", "FACTS_THEN", "a report asks who everybody was"),
    ("parties", "CONTENTS_THEN", "a report asks who everybody was"),
    ("parties", "UNMENTIONED", "from the beginning of a list that is worked off, up to the limit"),
    ("parties", "RULINGS", "as many rows as people ruled"),
    ("filings", "STANDING", "a report asks for the whole list"),
    ("filings", "KNOWN_THEN", "a report asks for the whole list as it was"),
    ("wins", "WINNERS", "a list asks who won anything"),
    ("wins", "FIRST", "from the beginning of an index of days, to the first that is counted"),
];

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for step in STEPS {
        connection.execute_batch(step.sql).unwrap();
    }
    connection
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // Parameters stay unbound: a plan does not need them.
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get(3).unwrap());
    }
    lines
}

/// Scans that do not grow with history: the arrays we pass in and rows that a statement made itself.
fn is_small(line: &str) -> bool {
    !line.starts_with("SCAN")
        || line.contains("VIRTUAL TABLE")
        || line.contains("CONSTANT ROW")
        || line.contains("(subquery")
        || line.contains("(join")
}

#[test]
fn every_statement_prepares() {
    let connection = database();
    for (room, statements) in ROOMS {
        for (name, sql) in statements {
            if let Err(why) = connection.prepare(sql) {
                panic!("{room}::{name}: {why}\n{sql}");
            }
        }
    }
}

#[test]
fn every_sql_file_is_a_statement_of_some_room() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/sql");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let known = ROOMS.iter().flat_map(|(_, statements)| *statements).any(|(_, sql)| *sql == text);
        assert!(known, "{} is used by no room", path.display());
    }
}

#[test]
fn no_step_of_the_walk_looks_at_a_whole_table() {
    let connection = database();
    let mut offenders = Vec::new();
    for (room, statements) in ROOMS.iter().filter(|(room, _)| !COUNTING_ROOMS.contains(room)) {
        for (name, sql) in *statements {
            if BOUNDED.iter().any(|(bounded_room, bounded, _)| bounded_room == room && bounded == name) {
                continue;
            }
            let plan = plan(&connection, sql);
            let scans: Vec<_> = plan.iter().filter(|line| !is_small(line)).collect();
            if !scans.is_empty() {
                offenders.push(format!("{room}::{name} scans: {plan:#?}\n{sql}"));
            }
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn the_queues_are_read_in_the_order_of_their_index() {
    let connection = database();
    let all = ROOMS.iter().flat_map(|(room, statements)| statements.iter().map(move |(name, sql)| (room, name, sql)));
    for (room, name, sql) in all {
        let ordered = [
            ("listings", "UNREAD"),
            ("listings", "REVISITS"),
            ("changes", "AFTER"),
            ("outbox", "CLAIM"),
            ("outbox", "TRIED_AT"),
        ];
        if ordered.contains(&(room, name)) {
            let plan = plan(&connection, sql);
            assert!(plan.iter().all(|line| !line.contains("TEMP B-TREE")), "{room}::{name} sorts: {plan:#?}");
        }
    }
}

#[test]
fn the_guards_are_counted_as_they_are() {
    let connection = database();
    let triggers: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(usize::try_from(triggers), Ok(open::guards()));
}
