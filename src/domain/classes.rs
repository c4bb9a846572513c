//! The classes that projects are put into: the buyer's level and the category, with the labels of the study and what it rolled
//! them up to. Which project is put where is decided elsewhere.

/// Whose money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 中央.
    Central,
    /// 地方.
    Local,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 2] = [Self::Central, Self::Local];

    /// The word in JSON and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Local => "local",
        }
    }

    /// The inverse of [`Level::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }

    /// The label where people read Chinese.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Central => "中央",
            Self::Local => "地方",
        }
    }
}

/// A leaf class: the nine labels that the study printed, and what its list lacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// 教育科研.
    Education,
    /// 财政金融.
    Finance,
    /// 出入境.
    Border,
    /// 交通.
    Transport,
    /// 就业创业.
    Employment,
    /// 服务三农.
    Agriculture,
    /// 网络安全.
    Security,
    /// 社会保障.
    Welfare,
    /// 医疗卫生.
    Health,
    /// 政务服务; an extension, as are all that follow.
    Government,
    /// 司法.
    Justice,
    /// 旅游.
    Tourism,
    /// 社会公益.
    Charity,
}

impl Category {
    /// Every leaf class, those of the study first.
    pub const ALL: [Self; 13] = [
        Self::Education,
        Self::Finance,
        Self::Border,
        Self::Transport,
        Self::Employment,
        Self::Agriculture,
        Self::Security,
        Self::Welfare,
        Self::Health,
        Self::Government,
        Self::Justice,
        Self::Tourism,
        Self::Charity,
    ];

    /// The word in JSON and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Education => "education",
            Self::Finance => "finance",
            Self::Border => "border",
            Self::Transport => "transport",
            Self::Employment => "employment",
            Self::Agriculture => "agriculture",
            Self::Security => "security",
            Self::Welfare => "welfare",
            Self::Health => "health",
            Self::Government => "government",
            Self::Justice => "justice",
            Self::Tourism => "tourism",
            Self::Charity => "charity",
        }
    }

    /// The inverse of [`Category::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.word() == word)
    }

    /// The label where people read Chinese.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Education => "教育科研",
            Self::Finance => "财政金融",
            Self::Border => "出入境",
            Self::Transport => "交通",
            Self::Employment => "就业创业",
            Self::Agriculture => "服务三农",
            Self::Security => "网络安全",
            Self::Welfare => "社会保障",
            Self::Health => "医疗卫生",
            Self::Government => "政务服务",
            Self::Justice => "司法",
            Self::Tourism => "旅游",
            Self::Charity => "社会公益",
        }
    }

    /// Which of the study's seven classes it is rolled up to; an extension to none.
    #[must_use]
    pub fn roll_up(self) -> Option<&'static str> {
        match self {
            Self::Education => Some("教育科研"),
            Self::Finance => Some("财政金融"),
            Self::Border | Self::Transport => Some("出入境、交通"),
            Self::Employment => Some("就业创业"),
            Self::Agriculture => Some("服务三农"),
            Self::Security => Some("网络安全"),
            Self::Welfare | Self::Health => Some("社会保障、医疗卫生"),
            Self::Government | Self::Justice | Self::Tourism | Self::Charity => None,
        }
    }
}
