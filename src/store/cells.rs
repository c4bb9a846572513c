//! Shares and winners: what each project is counted for by class and by winner, and the tallies that this moves, in the
//! transaction that keeps the project. Which mentions are one party is decided when they are read.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};

use super::values::{from_json, json, money, word};
use super::{Reader, StoreError, Writer};
use crate::domain::money::Currency;
use crate::domain::party::MentionKey;
use crate::domain::project::ProjectId;
use crate::figures::cells::{Cell, Cells, Dimension, Measure, Win};
use crate::figures::totals::{FigureKind, Tally};

statements! {
    CELLS = "SELECT dimension, word, year, month, measure, sum, disclosed FROM cells WHERE topic = ?1 AND dimension = ?2";
    GROUPS = "SELECT counted_groups FROM projects WHERE id = ?1";
    SET_GROUPS = "UPDATE projects SET counted_groups = ?2 WHERE id = ?1";
    WINS = "SELECT mention, lot, joint, value, currency FROM counted_wins WHERE project = ?1 ORDER BY position";
    DROP_WINS = "DELETE FROM counted_wins WHERE project = ?1";
    PUT_WIN = "INSERT INTO counted_wins (project, position, mention, lot, joint, value, currency)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    MOVE_CELL = include_str!("sql/move_cell.sql");
    DROP_CELL = "DELETE FROM cells WHERE topic = ?1 AND dimension = ?2 AND word = ?3 AND year = ?4 AND month = ?5
                 AND measure = ?6 AND sum = 0 AND disclosed = 0";
}

/// What a project was last counted for by class and by winner.
pub(super) type CountedGroups = (BTreeMap<Dimension, String>, Vec<Win>);

impl Reader<'_> {
    /// A topic's cells of one dimension.
    pub fn cells(&self, topic: &str, dimension: Dimension) -> Result<Cells, StoreError> {
        let mut cells = Cells::default();
        let mut statement = self.connection.prepare_cached(CELLS)?;
        let mut rows = statement.query([topic, dimension.word()])?;
        while let Some(row) = rows.next()? {
            let (cell, tally) = kept_cell(row)?;
            cells.0.insert(cell, tally);
        }
        Ok(cells)
    }

    /// What a project was last counted for by class and by winner; nothing of a project counted before cells were kept.
    pub(super) fn counted_groups(&self, project: ProjectId) -> Result<CountedGroups, StoreError> {
        let kept: Option<Option<String>> =
            self.connection.prepare_cached(GROUPS)?.query_row([project.0], |row| row.get(0)).optional()?;
        let kept: BTreeMap<String, String> =
            kept.flatten().map_or_else(|| Ok(BTreeMap::new()), |text| from_json(&text, "a project's classes"))?;
        let named = |(name, word): (String, String)| {
            let unknown = || StoreError::Unreadable { what: format!("the dimension `{name}`") };
            Ok((Dimension::parse(&name).ok_or_else(unknown)?, word))
        };
        let groups = kept.into_iter().map(named).collect::<Result<_, StoreError>>()?;
        let mut statement = self.connection.prepare_cached(WINS)?;
        let wins = statement.query_map([project.0], |row| {
            Ok(Win {
                lot: row.get("lot")?,
                mention: MentionKey(row.get("mention")?),
                joint: row.get("joint")?,
                money: money(row, "value", "currency")?,
            })
        })?;
        Ok((groups, wins.collect::<Result<_, _>>()?))
    }
}

impl Writer<'_> {
    /// Keeps what a project is counted for; nothing where it no longer counts.
    pub(super) fn set_counted_groups(
        &self,
        project: ProjectId,
        counted: Option<(&BTreeMap<Dimension, String>, &[Win])>,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(DROP_WINS)?.execute([project.0])?;
        let mut set = self.connection.prepare_cached(SET_GROUPS)?;
        let Some((groups, wins)) = counted else {
            set.execute(params![project.0, None::<&str>])?;
            return Ok(());
        };
        let words: BTreeMap<&str, &str> =
            groups.iter().map(|(dimension, word)| (dimension.word(), word.as_str())).collect();
        set.execute(params![project.0, json(&words)?])?;
        let mut put = self.connection.prepare_cached(PUT_WIN)?;
        for (position, win) in (0_i64..).zip(wins) {
            let Win { lot, mention, joint, money } = win;
            let value = money.map(|money| money.ten_thousandths);
            let currency = money.as_ref().map(|money| money.currency.code());
            put.execute(params![project.0, position, mention.0, lot, joint, value, currency])?;
        }
        Ok(())
    }

    /// Moves a topic's cells by a difference.
    pub(super) fn move_cells(&self, topic: &str, moved: &Cells) -> Result<(), StoreError> {
        let mut move_cell = self.connection.prepare_cached(MOVE_CELL)?;
        let mut drop_cell = self.connection.prepare_cached(DROP_CELL)?;
        for (Cell { dimension, word, year, month, measure }, Tally { sum, disclosed }) in &moved.0 {
            let (dimension, measure) = (dimension.word(), measure_words(*measure));
            move_cell.execute(params![topic, dimension, word, year, month, measure, sum, disclosed])?;
            if *sum <= 0 && *disclosed <= 0 {
                drop_cell.execute(params![topic, dimension, word, year, month, measure])?;
            }
        }
        Ok(())
    }
}

/// A row of the cells.
pub(super) fn kept_cell(row: &Row<'_>) -> Result<(Cell, Tally), StoreError> {
    let cell = Cell {
        dimension: word(row, "dimension", Dimension::parse)?,
        word: row.get("word")?,
        year: row.get("year")?,
        month: row.get("month")?,
        measure: word(row, "measure", measure_of)?,
    };
    Ok((cell, Tally { sum: row.get("sum")?, disclosed: row.get("disclosed")? }))
}

/// A measure as it stands in its column.
fn measure_words(measure: Measure) -> String {
    match measure {
        Measure::Projects => "projects".to_owned(),
        Measure::Of(kind) => format!("of {}", kind.word()),
        Measure::Sum(kind, currency) => format!("sum {} {}", kind.word(), currency.code()),
        Measure::Wins => "wins".to_owned(),
        Measure::JointWins => "joint_wins".to_owned(),
        Measure::Won(currency) => format!("won {}", currency.code()),
        Measure::WonJointly(currency) => format!("won_jointly {}", currency.code()),
    }
}

/// The inverse of [`measure_words`].
fn measure_of(words: &str) -> Option<Measure> {
    let mut words = words.split(' ');
    let (what, first, second) = (words.next()?, words.next(), words.next());
    match (what, first, second) {
        ("projects", None, None) => Some(Measure::Projects),
        ("of", Some(kind), None) => Some(Measure::Of(FigureKind::parse(kind)?)),
        ("sum", Some(kind), Some(code)) => Some(Measure::Sum(FigureKind::parse(kind)?, Currency::parse(code)?)),
        ("wins", None, None) => Some(Measure::Wins),
        ("joint_wins", None, None) => Some(Measure::JointWins),
        ("won", Some(code), None) => Some(Measure::Won(Currency::parse(code)?)),
        ("won_jointly", Some(code), None) => Some(Measure::WonJointly(Currency::parse(code)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_reads_back_as_it_was_written() {
        let kinds = FigureKind::ALL.into_iter();
        let of_kinds = kinds.flat_map(|kind| [Measure::Of(kind), Measure::Sum(kind, Currency::CNY)]);
        let others = [
            Measure::Projects,
            Measure::Wins,
            Measure::JointWins,
            Measure::Won(Currency::CNY),
            Measure::WonJointly(Currency::CNY),
        ];
        for measure in of_kinds.chain(others) {
            assert_eq!(measure_of(&measure_words(measure)), Some(measure));
        }
    }
}
