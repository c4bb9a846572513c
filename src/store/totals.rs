//! The running totals: moved by the difference between what a project was counted for and what it is counted for now, in
//! the transaction that keeps the project. No statement here looks at more than one project or one topic.

use rusqlite::{OptionalExtension, params};

use super::rows::totals::{count_cell, count_words};
use super::values::{money, word};
use super::{Reader, StoreError, Writer};
use crate::domain::money::Currency;
use crate::domain::project::{ProjectId, Status};
use crate::figures::cells;
use crate::figures::totals::{Contribution, FigureKind, SumCell, Tally, Totals, delta};

statements! {
    SUMS = "SELECT kind, currency, year, month, sum, disclosed FROM total_sums WHERE topic = ?1";
    COUNTS = "SELECT cell, word, year, month, count FROM total_counts WHERE topic = ?1";
    COUNTED = "SELECT counted_topic, counted_status, counted_year, counted_month FROM projects
               WHERE id = ?1 AND counted_topic IS NOT NULL";
    COUNTED_SUMS = "SELECT kind, value, currency FROM counted_sums WHERE project = ?1";
    SET_COUNTED = "UPDATE projects SET counted_topic = ?2, counted_status = ?3, counted_year = ?4, counted_month = ?5
                   WHERE id = ?1";
    DROP_COUNTED_SUMS = "DELETE FROM counted_sums WHERE project = ?1";
    PUT_COUNTED_SUM = "INSERT INTO counted_sums (project, kind, value, currency) VALUES (?1, ?2, ?3, ?4)";
    MOVE_SUM = include_str!("sql/move_sum.sql");
    DROP_SUM = "DELETE FROM total_sums WHERE topic = ?1 AND kind = ?2 AND currency = ?3 AND year = ?4 AND month = ?5
                AND sum = 0 AND disclosed = 0";
    MOVE_COUNT = include_str!("sql/move_count.sql");
    DROP_COUNT = "DELETE FROM total_counts WHERE topic = ?1 AND cell = ?2 AND word = ?3 AND year = ?4 AND month = ?5
                  AND count = 0";
}

/// What a project stands for in the totals, and of which topic.
struct Counted {
    topic: String,
    contribution: Contribution,
}

impl Reader<'_> {
    /// A topic's running totals.
    pub fn totals(&self, topic: &str) -> Result<Totals, StoreError> {
        let mut totals = Totals::default();
        let mut statement = self.connection.prepare_cached(SUMS)?;
        let mut rows = statement.query([topic])?;
        while let Some(row) = rows.next()? {
            let cell = SumCell {
                kind: word(row, "kind", FigureKind::parse)?,
                currency: word(row, "currency", Currency::parse)?,
                year: row.get("year")?,
                month: row.get("month")?,
            };
            totals.sums.insert(cell, Tally { sum: row.get("sum")?, disclosed: row.get("disclosed")? });
        }
        let mut statement = self.connection.prepare_cached(COUNTS)?;
        let mut rows = statement.query([topic])?;
        while let Some(row) = rows.next()? {
            let (cell, word): (String, String) = (row.get("cell")?, row.get("word")?);
            let cell = count_cell(&cell, &word, row.get("year")?, row.get("month")?)?;
            totals.counts.insert(cell, row.get("count")?);
        }
        Ok(totals)
    }

    /// What a project was last counted for.
    fn counted(&self, project: ProjectId) -> Result<Option<Counted>, StoreError> {
        let mut statement = self.connection.prepare_cached(COUNTED)?;
        let found = statement.query_row([project.0], |row| {
            let contribution = Contribution {
                year: row.get("counted_year")?,
                month: row.get("counted_month")?,
                status: word(row, "counted_status", Status::parse)?,
                ..Contribution::default()
            };
            Ok(Counted { topic: row.get("counted_topic")?, contribution })
        });
        let Some(mut counted) = found.optional()? else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(COUNTED_SUMS)?;
        let mut rows = statement.query([project.0])?;
        while let Some(row) = rows.next()? {
            let kind = word(row, "kind", FigureKind::parse)?;
            counted.contribution.sums.insert(kind, money(row, "value", "currency")?);
        }
        let (groups, wins) = self.counted_groups(project)?;
        counted.contribution.groups = groups;
        counted.contribution.wins = wins;
        Ok(Some(counted))
    }
}

impl Reader<'_> {
    /// What a project was last counted for, and of which topic.
    pub(super) fn counted_for(&self, project: ProjectId) -> Result<Option<(String, Contribution)>, StoreError> {
        Ok(self.counted(project)?.map(|counted| (counted.topic, counted.contribution)))
    }
}

impl Writer<'_> {
    /// Counts a project for `contribution` instead of what it was counted for. Returns the difference, of all topics that
    /// it touched.
    pub(super) fn count(
        &self,
        topic: &str,
        project: ProjectId,
        contribution: Option<&Contribution>,
    ) -> Result<Totals, StoreError> {
        let before = self.counted(project)?;
        let same_topic = before.as_ref().is_none_or(|before| before.topic == topic);
        if same_topic && before.as_ref().map(|before| &before.contribution) == contribution {
            return Ok(Totals::default());
        }
        self.set_counted(topic, project, contribution)?;
        let Some(before) = before else { return self.move_figures(topic, None, contribution) };
        if same_topic {
            return self.move_figures(topic, Some(&before.contribution), contribution);
        }
        let mut moved = self.move_figures(&before.topic, Some(&before.contribution), None)?;
        moved.apply(&self.move_figures(topic, None, contribution)?);
        Ok(moved)
    }

    /// Moves a topic's totals and cells by the difference. Returns that of the totals.
    fn move_figures(
        &self,
        topic: &str,
        before: Option<&Contribution>,
        after: Option<&Contribution>,
    ) -> Result<Totals, StoreError> {
        let moved = delta(before, after);
        self.move_totals(topic, &moved)?;
        self.move_cells(topic, &cells::delta(before, after))?;
        Ok(moved)
    }

    fn set_counted(
        &self,
        topic: &str,
        project: ProjectId,
        contribution: Option<&Contribution>,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(DROP_COUNTED_SUMS)?.execute([project.0])?;
        let counted = contribution.map(|counted| (&counted.groups, counted.wins.as_slice()));
        self.set_counted_groups(project, counted)?;
        let mut set = self.connection.prepare_cached(SET_COUNTED)?;
        let Some(Contribution { year, month, status, sums, .. }) = contribution else {
            set.execute(params![project.0, None::<&str>, None::<&str>, None::<i16>, None::<i8>])?;
            return Ok(());
        };
        set.execute(params![project.0, topic, status.word(), year, month])?;
        let mut put = self.connection.prepare_cached(PUT_COUNTED_SUM)?;
        for (kind, money) in sums {
            let value = money.map(|money| money.ten_thousandths);
            let currency = money.as_ref().map(|money| money.currency.code());
            put.execute(params![project.0, kind.word(), value, currency])?;
        }
        Ok(())
    }

    fn move_totals(&self, topic: &str, moved: &Totals) -> Result<(), StoreError> {
        let mut move_sum = self.connection.prepare_cached(MOVE_SUM)?;
        let mut drop_sum = self.connection.prepare_cached(DROP_SUM)?;
        for (SumCell { kind, currency, year, month }, Tally { sum, disclosed }) in &moved.sums {
            let (kind, currency) = (kind.word(), currency.code());
            move_sum.execute(params![topic, kind, currency, year, month, sum, disclosed])?;
            // What more projects disclose cannot have come to nothing.
            if *disclosed <= 0 {
                drop_sum.execute(params![topic, kind, currency, year, month])?;
            }
        }
        let mut move_count = self.connection.prepare_cached(MOVE_COUNT)?;
        let mut drop_count = self.connection.prepare_cached(DROP_COUNT)?;
        for (cell, count) in &moved.counts {
            let (cell, word, year, month) = count_words(*cell);
            move_count.execute(params![topic, cell, word, year, month, count])?;
            if *count <= 0 {
                drop_count.execute(params![topic, cell, word, year, month])?;
            }
        }
        Ok(())
    }
}
