//! What is watched, and whether a notice is of it: which term, in which field, in which sentence.

/// A watched topic: terms that make a notice relevant and texts that never do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name in the configuration.
    pub name: String,
    /// `区块链`, `blockchain`; compared after folding width and case.
    pub terms: Vec<String>,
    /// Passages that are removed before matching (notary stamps, page furniture).
    pub exclusions: Vec<String>,
}

impl Topic {
    /// The topic out of the box.
    #[must_use]
    pub fn blockchain() -> Self {
        Self {
            name: "blockchain".into(),
            terms: vec!["区块链".into(), "blockchain".into()],
            exclusions: vec!["区块链已存证".into(), "区块链存证编号".into(), "区块高度".into()],
        }
    }
}

/// A place where a term stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicEvidence {
    /// The term.
    pub term: String,
    /// `title`, `project_title`, `items_path`, `items`; of the running text `requirement` (what is bought) or `boilerplate` (how
    /// the bidding goes).
    pub field: String,
    /// The sentence it stands in, at most 200 characters.
    pub sentence: String,
}

/// How strongly a notice is of the topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weight {
    /// In the title or the project's title: the subject.
    Subject,
    /// Among the items that are bought.
    Item,
    /// Only in the requirements or the rest of the text: a near miss unless a person says otherwise.
    Mention,
    /// Nowhere.
    #[default]
    None,
}

impl Weight {
    /// The strongest first: `Subject` is 0.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Subject => 0,
            Self::Item => 1,
            Self::Mention => 2,
            Self::None => 3,
        }
    }
}

/// Whether and why a notice is of the topic.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Relevance {
    /// The strongest place.
    pub weight: Weight,
    /// Every place, strongest first, at most ten.
    pub evidence: Vec<TopicEvidence>,
}

impl Relevance {
    /// Whether it counts: the topic is the subject or among the items.
    #[must_use]
    pub fn is_relevant(&self) -> bool {
        matches!(self.weight, Weight::Subject | Weight::Item)
    }
}
