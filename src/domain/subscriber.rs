//! A subscription that is kept as a row, for one address: made by its owner on a page or by the operator at the command line, and
//! where it stands.

use jiff::Timestamp;

use super::change::Audience;
use super::subscription::{Filter, Frequency, Grouping, Idle, Language, Rhythm, Start, Subscription};

/// Where a subscriber stands. Only an active one is told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Somebody asked for it; the address has not said that it wants it.
    Pending,
    /// It is told.
    Active,
    /// It rests until it is resumed.
    Paused,
    /// Its owner left, or the operator took it away.
    Left,
    /// It left, and nothing that names a person is kept of it.
    Erased,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Active, Self::Paused, Self::Left, Self::Erased];

    /// The word in tables and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Left => "left",
            Self::Erased => "erased",
        }
    }

    /// The inverse of [`Standing::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.word() == word)
    }
}

/// Who made a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A person on the page; the address confirms it.
    Page,
    /// The operator, who vouches for the address.
    Command,
}

impl Origin {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Page, Self::Command];

    /// The word in tables and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Command => "command",
        }
    }

    /// The inverse of [`Origin::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.word() == word)
    }
}

/// What a person chooses: everything of a subscription but where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Which changes.
    pub filter: Filter,
    /// When it speaks.
    pub rhythm: Rhythm,
    /// What one message holds.
    pub grouping: Grouping,
    /// In which language.
    pub language: Language,
    /// What it says when there is no news.
    pub idle: Idle,
    /// How it begins.
    pub start: Start,
    /// Whether it hears once a week what was nearly of the topic.
    pub near_misses: bool,
}

impl Choices {
    /// Only the filter, rhythm and language were chosen.
    #[must_use]
    pub fn plain(filter: Filter, rhythm: Rhythm, language: Language) -> Self {
        let (grouping, idle, start) = (Grouping::default(), Idle::default(), Start::default());
        Self { filter, rhythm, grouping, language, idle, start, near_misses: false }
    }

    /// What is left of the choices of one who was erased: none.
    #[must_use]
    pub fn erased() -> Self {
        Self::plain(Filter::all(Audience::Subscribers), Rhythm::plain(Frequency::Immediate), Language::default())
    }

    /// What was chosen of a subscription.
    #[must_use]
    pub fn of(subscription: &Subscription) -> Self {
        let Subscription { filter, rhythm, grouping, language, idle, start, near_misses, .. } = subscription.clone();
        Self { filter, rhythm, grouping, language, idle, start, near_misses }
    }

    /// The subscription of that name that these choices make for a receiver.
    #[must_use]
    pub fn subscription(self, name: &str, channel: &str, receiver: &str) -> Subscription {
        let Self { filter, rhythm, grouping, language, idle, start, near_misses } = self;
        let (name, channel, receivers) = (name.to_owned(), channel.to_owned(), vec![receiver.to_owned()]);
        Subscription { name, filter, channel, receivers, rhythm, grouping, language, idle, start, near_misses }
    }
}

/// A subscription that is kept as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// The subscription; its name is `s_` and 16 hexadecimal digits. One receiver: an address, or the channel's name where the
    /// channel is its own receiver; none once it is erased.
    pub subscription: Subscription,
    /// Where it stands.
    pub standing: Standing,
    /// Who made it.
    pub origin: Origin,
    /// Raised when passes that were given out shall end.
    pub generation: u32,
    /// When it was asked for.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When the address said that it wants it.
    pub confirmed_at: Option<Timestamp>,
}

impl Subscriber {
    /// Its only receiver; empty once it is erased.
    #[must_use]
    pub fn receiver(&self) -> &str {
        self.subscription.receivers.first().map_or("", String::as_str)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.subscription.name
    }
}

/// The name that 64 bits of chance make. They are drawn, not computed from the address: a name tells nobody whose it is.
#[must_use]
pub fn name(chance: u64) -> String {
    format!("s_{chance:016x}")
}

/// Whether a name is one of a row, not of the configuration: there `_` may stand too, so that such names are refused.
#[must_use]
pub fn is_row(name: &str) -> bool {
    name.strip_prefix("s_").is_some_and(|digits| {
        digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        assert!(Standing::ALL.into_iter().all(|standing| Standing::parse(standing.word()) == Some(standing)));
        assert!(Origin::ALL.into_iter().all(|origin| Origin::parse(origin.word()) == Some(origin)));
        assert_eq!(Standing::parse("Active"), None);
    }

    #[test]
    fn a_rows_name_is_known_by_its_form() {
        assert_eq!(name(255), "s_00000000000000ff");
        assert!(is_row(&name(0)) && is_row(&name(u64::MAX)));
        for other in ["morning", "s_", "s_ff", "s_00000000000000FF", "s_00000000000000fg", "s_00000000000000ff0"] {
            assert!(!is_row(other), "{other}");
        }
    }
}
