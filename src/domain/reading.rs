//! What a reader made of one page: notices or rows, and beside them the problems and how much of the whole was seen.

use super::notice::Notice;
use super::stamp::Stamp;

/// What a page turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// One or more notices.
    Notice,
    /// Rows that point at notices.
    Listing,
    /// A valid answer with nothing in it.
    Empty,
    /// A captcha, a rate limit, a login wall.
    Challenge,
    /// An error page.
    Refusal,
    /// Nothing this reader knows.
    Unknown,
}

impl PageKind {
    /// The word in JSON and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Listing => "listing",
            Self::Empty => "empty",
            Self::Challenge => "challenge",
            Self::Refusal => "refusal",
            Self::Unknown => "unknown",
        }
    }
}

/// How much of what there is this reading saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Coverage {
    /// All of it: the last page was reached and the site's own count agrees.
    Whole,
    /// More pages follow, a window was cut, or the body was.
    Partial,
    /// Cannot be told.
    #[default]
    Unknown,
}

impl Coverage {
    /// The word in JSON and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
        }
    }
}

/// Something a reader could not understand, kept beside what it could.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Problem {
    /// The field it concerns: `budget`, `lots[2].award`.
    pub field: String,
    /// What is wrong, for a person.
    pub what: String,
    /// The text it stands in, at most 200 characters.
    pub passage: String,
}

/// A row of a listing. A hint at a notice, never a source of figures.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Row {
    /// The source's own key.
    pub native_id: Option<String>,
    /// The notice's address, normalised.
    pub url: Option<String>,
    /// As printed.
    pub title: String,
    /// To the second where printed.
    pub published_at: Option<Stamp>,
    /// As printed.
    pub buyer: Option<String>,
    /// As printed.
    pub agency: Option<String>,
    /// `中标公告`.
    pub kind_label: Option<String>,
    /// The zone's short name.
    pub zone: Option<String>,
    /// 品目.
    pub items_path: Option<String>,
    /// Text around the hit.
    pub snippet: Option<String>,
}

/// One page of a search result or a channel list.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Listing {
    /// The site's own count of rows in all pages.
    pub total: Option<u64>,
    /// This page, from 1.
    pub page: u32,
    /// How many pages the site says there are.
    pub pages: Option<u32>,
    /// The rows, in the order of the page.
    pub rows: Vec<Row>,
}

/// What a reader made of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the page is.
    pub page: PageKind,
    /// The notices of a notice page.
    pub notices: Vec<Notice>,
    /// The rows of a listing.
    pub listing: Option<Listing>,
    /// What was not understood.
    pub problems: Vec<Problem>,
    /// How much was seen.
    pub coverage: Coverage,
}

impl Reading {
    /// A page that holds nothing to settle.
    #[must_use]
    pub fn of(page: PageKind) -> Self {
        Self { page, notices: Vec::new(), listing: None, problems: Vec::new(), coverage: Coverage::Unknown }
    }
}
