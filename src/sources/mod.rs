//! Pure: a page becomes a reading: notices or rows, problems, coverage. One folder per dialect; parsing libraries only. Knows
//! no network, file, clock or database.

/// Small hands shared by the readers.
pub mod dialect;

/// 中国政府采购网: search and channel lists, notice pages.
pub mod ccgp;

/// The list of filed blockchain services, as an operator's table has it.
pub mod filing_list;

/// USAspending: the awards of the United States, as its search and its details give them.
pub mod usaspending;

/// The reading as JSON, in the shape that outside tools rely on.
pub mod reading_json;

use crate::domain::notice::Notice;
use crate::domain::reading::Reading;
use crate::domain::topic::Topic;
use crate::domain::{personal, region, relevance};

/// A site's way of writing, and the reader that knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// 中国政府采购网.
    Ccgp,
    /// USAspending.gov, API version 2.
    Usaspending,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::Ccgp, Self::Usaspending];
    /// Those whose sites the service can poll; the others are read from saved answers.
    pub const POLLED: [Self; 1] = [Self::Ccgp];

    /// The word in configuration, folders and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ccgp => "ccgp",
            Self::Usaspending => "usaspending",
        }
    }

    /// The inverse of [`Dialect::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    /// Changes whenever the reader may read a kept body differently.
    #[must_use]
    pub fn reader_version(self) -> u32 {
        match self {
            Self::Ccgp => ccgp::READER_VERSION,
            Self::Usaspending => usaspending::READER_VERSION,
        }
    }

    /// Reads one page. The same text and address always give the same reading.
    #[must_use]
    pub fn read(self, text: &str, url: Option<&str>) -> Reading {
        let reading = match self {
            Self::Ccgp => ccgp::read(text, url),
            Self::Usaspending => usaspending::read(text),
        };
        without_contacts(reading)
    }

    /// Whether a page can be a listing at all: quicker than reading it.
    #[must_use]
    pub fn may_be_listing(self, text: &str) -> bool {
        match self {
            Self::Ccgp => ccgp::listing::LISTS.iter().any(|class| text.contains(class)),
            Self::Usaspending => true,
        }
    }

    /// Texts by which a page that bars the way is told from content: each means a challenge or a limit on this site.
    #[must_use]
    pub fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Ccgp => &ccgp::barred::SIGNS,
            Self::Usaspending => &[],
        }
    }

    /// Texts that only pages with content show: where one of them stands, no sign is believed.
    #[must_use]
    pub fn content_marks(self) -> &'static [&'static str] {
        match self {
            Self::Ccgp => &ccgp::CONTENT_MARKS,
            Self::Usaspending => &[],
        }
    }
}

/// Personal data is kept only inside kept bodies: no passage that a reading carries holds a telephone number or a mail address.
/// Project numbers look like telephone numbers, so their passages stay.
fn without_contacts(mut reading: Reading) -> Reading {
    let clean = |text: &mut String| *text = personal::without_contacts(text);
    for notice in &mut reading.notices {
        clean(&mut notice.text);
        let evidence = notice.evidence.iter_mut().filter(|(field, _)| !field.contains("number"));
        evidence.for_each(|(_, evidence)| clean(&mut evidence.passage));
        for amendment in &mut notice.amendments {
            amendment.before.iter_mut().chain(&mut amendment.after).for_each(clean);
        }
    }
    reading.problems.iter_mut().for_each(|problem| clean(&mut problem.passage));
    let rows = reading.listing.iter_mut().flat_map(|listing| &mut listing.rows);
    rows.filter_map(|row| row.snippet.as_mut()).for_each(clean);
    reading
}

/// Reads a saved response: no network, no database. `url` is the page's address where it is known.
#[must_use]
pub fn read_saved(dialect: Dialect, text: &str, url: Option<&str>) -> Reading {
    let mut reading = dialect.read(text, url);
    let topic = Topic::blockchain();
    for notice in &mut reading.notices {
        complete(notice, None, &topic);
    }
    reading
}

/// Adds to a notice what is judged from all of it together: the buyer's province and whether it is of the topic. `zone` is the
/// region that a listing printed beside the notice.
pub fn complete(notice: &mut Notice, zone: Option<&str>, topic: &Topic) {
    let names: Vec<&str> = notice.buyers.iter().map(|buyer| buyer.name.as_str()).collect();
    let addresses: Vec<&str> = notice.buyers.iter().filter_map(|buyer| buyer.address.as_deref()).collect();
    let numbers: Vec<&str> = notice.project_numbers.iter().map(String::as_str).collect();
    notice.region = region::resolve(notice.region.text.as_deref(), &names, &addresses, &numbers, zone);
    notice.relevance = relevance::judge(notice, topic);
}
