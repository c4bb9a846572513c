//! Who is who? Organisations as notices mention them, and which mentions are one party: by a valid credit code, else by the
//! normalised name, else by a person's word. A pure view of mentions: any order gives the same parties, and what a person merged
//! can be parted again.

use super::names;
use super::organisation::Organisation;
use super::uscc;

/// What a mention is told apart by: `code:` and the credit code where a valid one is printed, else `name:` and the folded name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MentionKey(pub String);

/// The key of an organisation as a notice names it; nothing for one without a name and a code.
#[must_use]
pub fn mention_key(organisation: &Organisation) -> Option<MentionKey> {
    let code = organisation.credit_code.as_deref().filter(|code| uscc::is_valid(code));
    if let Some(code) = code {
        return Some(MentionKey(format!("code:{code}")));
    }
    let name = names::key(&organisation.name);
    (!name.is_empty()).then(|| MentionKey(format!("name:{name}")))
}
