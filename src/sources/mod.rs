//! Pure: a page becomes a reading: notices or rows, problems, coverage. One folder per dialect; parsing libraries only. Knows
//! no network, file, clock or database.

/// Small hands shared by the readers.
pub mod dialect;

/// 中国政府采购网: search and channel lists, notice pages.
pub mod ccgp;

/// The reading as JSON, in the shape that outside tools rely on.
pub mod reading_json;

use crate::domain::notice::Notice;
use crate::domain::reading::Reading;
use crate::domain::topic::Topic;

/// A site's way of writing, and the reader that knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// 中国政府采购网.
    Ccgp,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 1] = [Self::Ccgp];

    /// The word in configuration, folders and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ccgp => "ccgp",
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
        }
    }

    /// Reads one page. The same text and address always give the same reading.
    #[must_use]
    pub fn read(self, text: &str, url: Option<&str>) -> Reading {
        match self {
            Self::Ccgp => ccgp::read(text, url),
        }
    }

    /// Texts by which a page that bars the way is told from content: each means a challenge or a limit on this site.
    #[must_use]
    pub fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Ccgp => &ccgp::barred::SIGNS,
        }
    }
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
    // The place where `domain::region::resolve` and `domain::relevance::judge` join; until then the listing's zone only
    // stands in where the page names no region.
    let _ = topic;
    if notice.region.text.is_none() {
        notice.region.text = zone.map(str::to_owned);
    }
}
