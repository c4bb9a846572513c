//! Where a buyer or a supplier is, as a GB/T 2260 province, and which rule said so. Unknown stays unknown.

/// Which rule gave the province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegionBy {
    /// The 行政区域 field.
    Field,
    /// The organisation's name.
    Name,
    /// The organisation's address.
    Address,
    /// The project number's first six digits.
    Number,
    /// The listing's zone.
    Zone,
}

impl RegionBy {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Name => "name",
            Self::Address => "address",
            Self::Number => "number",
            Self::Zone => "zone",
        }
    }

    /// The inverse of [`RegionBy::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Field, Self::Name, Self::Address, Self::Number, Self::Zone].into_iter().find(|by| by.word() == word)
    }
}

/// A region as printed and as resolved.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Region {
    /// What the page prints.
    pub text: Option<String>,
    /// Six digits ending in 0000 (`130000`), or nothing.
    pub province: Option<String>,
    /// Which rule gave the province.
    pub by: Option<RegionBy>,
}
