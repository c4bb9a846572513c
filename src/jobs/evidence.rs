//! What is known of one project or one notice, in full, and where each value was read: gathered for whoever shows it, on the
//! command line or on a page. Writes nothing.

use anyhow::Result;
use serde_json::Value;

use crate::domain::change::StoredChange;
use crate::domain::notice::Notice;
use crate::domain::project::{Member, NoticeId, Project, ProjectId};
use crate::sources::reading_json;
use crate::store::Store;
use crate::store::notices::StoredNotice;
use crate::store::review::LinkKept;

/// A project with everything behind it.
#[derive(Clone, Debug)]
pub struct ProjectEvidence {
    /// Its number today: that of the project it became, where it was merged.
    pub id: ProjectId,
    /// As it stands.
    pub project: Project,
    /// Its notices, oldest first.
    pub members: Vec<Member>,
    /// What changed, oldest first.
    pub changes: Vec<StoredChange>,
    /// Why each notice belongs to it.
    pub links: Vec<LinkKept>,
}

/// A value as read: of which field, by which rule, from which passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The field: `budget`, `dates.opens_on`.
    pub field: String,
    /// Its value in one line; nothing where the reading has none under this name.
    pub value: Option<String>,
    /// The rule's name.
    pub rule: String,
    /// What the page says there.
    pub passage: String,
}

/// A project by any number that it ever had.
pub fn project(store: &Store, id: ProjectId) -> Result<Option<ProjectEvidence>> {
    store.read(|r| {
        let Some(id) = r.current_project(id)? else { return Ok(None) };
        let Some(project) = r.project(id)? else { return Ok(None) };
        let (members, changes, links) = (r.members(id)?, r.changes_of(id)?, r.links(id)?);
        Ok(Some(ProjectEvidence { id, project, members, changes, links }))
    })
}

/// A notice as it was last read.
pub fn notice(store: &Store, id: &NoticeId) -> Result<Option<StoredNotice>> {
    Ok(store.read(|r| r.notice(id))?)
}

/// Where every value of a notice was read.
#[must_use]
pub fn origins(notice: &Notice) -> Vec<Origin> {
    let reading = reading_json::notice_json(notice);
    let origin = |(field, evidence): (&String, &crate::domain::notice::Evidence)| Origin {
        field: field.clone(),
        value: value(&reading, field),
        rule: evidence.rule.clone(),
        passage: evidence.passage.clone(),
    };
    notice.evidence.iter().map(origin).collect()
}

/// What a reading says of a field (`dates.opens_on`), in one line; names and sums without what stands around them.
fn value(reading: &Value, field: &str) -> Option<String> {
    fn said(value: &Value) -> String {
        match value {
            Value::Null => "nothing".to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(all) if all.is_empty() => "nothing".to_owned(),
            Value::Array(all) => all.iter().map(said).collect::<Vec<_>>().join("; "),
            Value::Object(fields) => {
                let word = |name: &str| fields.get(name).and_then(Value::as_str);
                match (word("name").or(word("text")), word("value"), word("state")) {
                    (Some(name), ..) => name.to_owned(),
                    (None, Some(sum), _) => format!("{sum} {}", word("currency").unwrap_or_default()).trim().to_owned(),
                    (None, None, Some(state)) => state.replace('_', " "),
                    (None, None, None) => value.to_string(),
                }
            }
            other => other.to_string(),
        }
    }
    let mut found = reading;
    for part in field.split('.') {
        // `lots[0]`: the first of them.
        let (name, place) = part.strip_suffix(']').and_then(|part| part.split_once('[')).unwrap_or((part, ""));
        found = found.get(name)?;
        if !place.is_empty() {
            found = found.get(place.parse::<usize>().ok()?)?;
        }
    }
    Some(said(found))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_found_by_the_name_of_its_field() {
        let reading = json!({"dates": {"opens_on": "2019-09-01"}, "lots": [{"suppliers": [{"name": "甲"}, {"name": "乙"}]}],
            "budget": {"state": "disclosed", "value": "12", "currency": "CNY"}, "award": {"state": "not_applicable"}});
        let said = |field: &str| value(&reading, field);
        assert_eq!(said("dates.opens_on").as_deref(), Some("2019-09-01"));
        assert_eq!(said("lots[0].suppliers").as_deref(), Some("甲; 乙"));
        assert_eq!(said("budget").as_deref(), Some("12 CNY"));
        assert_eq!(said("award").as_deref(), Some("not applicable"));
        for strange in ["winners[0]", "lots[1].suppliers", "lots[x]", "lots[", "budget.value.more", ""] {
            assert_eq!(said(strange), None, "{strange}");
        }
    }
}
