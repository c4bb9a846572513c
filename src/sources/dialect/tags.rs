//! The elements that readers tell apart, and what each does to those around it, as sets that are asked in one step.

/// An element's name as a small number; every other name is [`OTHER`].
pub(super) type Tag = u8;

/// The names, each at its number.
pub(super) const NAMES: [&str; 71] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "option",
    "area",
    "base",
    "br",
    "col",
    "embed",
    "img",
    "input",
    "link",
    "meta",
    "param",
    "source",
    "track",
    "wbr",
    "script",
    "style",
    "title",
    "template",
    "noembed",
    "iframe",
    "object",
    "html",
    "head",
    "body",
    "colgroup",
    "select",
    "button",
    "root",
];

/// A name that is none of them.
pub(super) const OTHER: Tag = 127;

/// Which of the names a lower-case name is.
pub(super) const fn of(name: &str) -> Tag {
    let mut at = 0;
    while at < NAMES.len() {
        if same(NAMES[at].as_bytes(), name.as_bytes()) {
            #[expect(clippy::cast_possible_truncation, reason = "there are 71 names")]
            return at as Tag;
        }
        at += 1;
    }
    OTHER
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Some of the names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tags(u128);

impl Tags {
    pub(super) const fn of(names: &[&str]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < names.len() {
            let tag = of(names[at]);
            assert!(tag != OTHER, "a name that is not listed");
            set |= 1 << tag;
            at += 1;
        }
        Self(set)
    }

    pub(super) const fn has(self, tag: Tag) -> bool {
        self.0 >> tag & 1 == 1
    }
}

/// The tag's number by its printed name, in any case.
pub(super) fn printed(name: &str) -> Tag {
    let mut lower = [0_u8; 12];
    let Some(room) = lower.get_mut(..name.len()) else { return OTHER };
    room.copy_from_slice(name.as_bytes());
    room.make_ascii_lowercase();
    // By length and first letter only a few are left.
    let first = room.first().copied().unwrap_or_default();
    let listed = usize::from(first.wrapping_sub(b'a'));
    let Some((from, to)) = BY_LETTER.get(listed).copied() else { return OTHER };
    let found = SORTED.get(usize::from(from)..usize::from(to)).unwrap_or_default();
    found
        .iter()
        .copied()
        .find(|tag| NAMES.get(usize::from(*tag)).is_some_and(|name| name.as_bytes() == room))
        .unwrap_or(OTHER)
}

/// The numbers of the names, by their first letters.
const SORTED: [Tag; 71] = sorted().0;

/// Where in [`SORTED`] each letter's names stand.
const BY_LETTER: [(u8, u8); 26] = sorted().1;

#[expect(clippy::cast_possible_truncation, reason = "there are 71 names")]
const fn sorted() -> ([Tag; 71], [(u8, u8); 26]) {
    let (mut tags, mut places) = ([0; 71], [(0, 0); 26]);
    let (mut letter, mut filled) = (0, 0);
    while letter < 26 {
        let from = filled;
        let mut at = 0;
        while at < NAMES.len() {
            if NAMES[at].as_bytes()[0] == b'a' + letter as u8 {
                tags[filled] = at as Tag;
                filled += 1;
            }
            at += 1;
        }
        places[letter] = (from as u8, filled as u8);
        letter += 1;
    }
    (tags, places)
}

/// Elements without content.
pub(super) const VOID: Tags = Tags::of(&[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
]);

/// Elements that stand on lines of their own.
pub(super) const BLOCK: Tags = Tags::of(&[
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "option",
]);

/// Elements whose text no one sees.
pub(super) const UNSEEN: Tags = Tags::of(&["script", "style", "title", "template", "noembed", "iframe", "object"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_name_is_found_in_any_case() {
        for name in NAMES {
            assert_eq!(printed(name), of(name));
            assert_eq!(printed(&name.to_uppercase()), of(name));
        }
        for name in ["span", "", "中", "tdd", "t", "blockquotes-and-more"] {
            assert_eq!(printed(name), OTHER, "{name}");
        }
    }
}
