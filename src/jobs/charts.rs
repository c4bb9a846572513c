//! The charts of a topic, drawn once for all who get them in one language: how awards move over months, and where the buyers are.
//! One that cannot be drawn is left out and logged; it holds up no message.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;

use super::Rooms;
use crate::charts;
use crate::domain::chart::Chart;
use crate::domain::digest::{Digest, Image};
use crate::domain::money::Currency;
use crate::domain::subscription::{Frequency, Language};
use crate::figures::cells::Dimension;
use crate::figures::growth::Known;
use crate::figures::shares::{self, By};
use crate::figures::totals::{FigureKind, Totals};
use crate::figures::{leading, months};
use crate::store::Reader;
use crate::telling::chart;

/// How many months are shown.
const MONTHS: usize = 24;
/// How many provinces have a line of their own.
const REGIONS: usize = 6;

/// Charts with their pictures.
pub type Drawn = Vec<(Chart, Image)>;

/// What was drawn in a walk, by topic and language.
#[derive(Debug, Default)]
pub struct Album {
    drawn: HashMap<(String, Language), Arc<Drawn>>,
}

/// Whether a message of this frequency bears charts: those by the calendar, from daily on. Others are about single things.
#[must_use]
pub fn are_wanted(frequency: Frequency) -> bool {
    match frequency {
        Frequency::Immediate | Frequency::Hourly => false,
        Frequency::Daily { .. } | Frequency::Weekly { .. } | Frequency::Monthly { .. } => true,
    }
}

impl Album {
    /// The charts of a topic in a language.
    pub fn of(
        &mut self,
        rooms: &Rooms,
        r: &Reader<'_>,
        topic: &str,
        language: Language,
        totals: &Totals,
        known: Known,
    ) -> Result<Arc<Drawn>> {
        let key = (topic.to_owned(), language);
        if let Some(drawn) = self.drawn.get(&key) {
            return Ok(Arc::clone(drawn));
        }
        let mut told = Vec::new();
        if let Some(shown) = months::last(totals, FigureKind::Award, Currency::CNY, known, MONTHS) {
            told.push(chart::months(&rooms.templates, language, topic, &shown));
        }
        let regions = shares::of_cells(By::Dimension(Dimension::Region), &r.cells(topic, Dimension::Region)?);
        if let Some(shown) = leading::leading(&regions, REGIONS) {
            told.push(chart::regions(&rooms.templates, language, topic, known.as_of, &shown));
        }
        let drawn = Arc::new(told.into_iter().filter_map(|told| picture(topic, told.map_err(Into::into))).collect());
        self.drawn.insert(key, Arc::clone(&drawn));
        Ok(drawn)
    }
}

impl Album {
    /// The pictures that a digest's charts were drawn as.
    #[must_use]
    pub fn pictures(&self, digest: &Digest) -> Vec<Image> {
        let drawn = self.drawn.get(&(digest.topic.clone(), digest.language)).filter(|_| !digest.charts.is_empty());
        drawn.into_iter().flat_map(|drawn| drawn.iter()).map(|(_, image)| image.clone()).collect()
    }
}

/// A chart with its picture, or a line in the log.
fn picture(topic: &str, told: Result<Chart>) -> Option<(Chart, Image)> {
    let drawn = told.and_then(|chart| {
        let image = charts::png(&chart)?;
        Ok((chart, image))
    });
    match drawn {
        Ok(drawn) => Some(drawn),
        Err(error) => {
            tracing::warn!(topic, error = %format!("{error:#}"), "a chart cannot be drawn, the digest goes without it");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;

    use super::*;

    #[test]
    fn a_chart_that_cannot_be_worded_is_left_out() {
        assert_eq!(picture("blockchain", Err(anyhow::anyhow!("a template is wrong"))), None);
    }

    #[test]
    fn only_messages_by_the_calendar_bear_charts() {
        assert!(!are_wanted(Frequency::Immediate) && !are_wanted(Frequency::Hourly));
        assert!(are_wanted(Frequency::Daily { at: Time::midnight() }));
    }
}
