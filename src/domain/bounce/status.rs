//! The machine's part of a delivery status notification: groups of fields, the first about the mail, each other about one
//! receiver (RFC 3464 section 2.1); and status codes wherever they stand (RFC 3463).

/// Groups that are read; one mail of ours has one receiver.
const GROUPS_MAX: usize = 50;

/// What is said of one receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    pub(super) action: String,
    /// `5.1.1`; empty where it is no code.
    pub(super) status: String,
    /// What the other server said.
    pub(super) diagnostic: String,
}

/// The groups that name an action.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut group = Group::default();
    let mut last = "";
    for line in text.lines() {
        if line.trim().is_empty() {
            close(&mut groups, std::mem::take(&mut group));
            last = "";
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if last == "diagnostic" {
                group.diagnostic.push(' ');
                group.diagnostic.push_str(line.trim());
            }
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        last = match name.trim().to_ascii_lowercase().as_str() {
            "action" => {
                let word = value.split([' ', '\t', '(', ';']).next().unwrap_or_default();
                word.to_ascii_lowercase().clone_into(&mut group.action);
                "action"
            }
            "status" => {
                group.status = code_in(value).unwrap_or_default();
                "status"
            }
            "diagnostic-code" => {
                value.clone_into(&mut group.diagnostic);
                "diagnostic"
            }
            _ => "",
        };
    }
    close(&mut groups, group);
    groups
}

fn close(groups: &mut Vec<Group>, group: Group) {
    if !group.action.is_empty() && groups.len() < GROUPS_MAX {
        groups.push(group);
    }
}

/// The first status code in a text: `2`, `4` or `5`, and two numbers of up to three digits.
pub(super) fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let word = word.trim_matches('.');
        let mut numbers = word.split('.');
        let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let is_number = |text: &str| (1..=3).contains(&text.len());
        let is_code = matches!(class, "2" | "4" | "5") && is_number(subject) && is_number(detail);
        (is_code && numbers.next().is_none()).then(|| word.to_owned())
    })
}

/// The first SMTP answer in a text that refuses: three digits from 400 to 599, alone.
pub(super) fn answer_in(text: &str) -> Option<u16> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .filter(|word| word.len() == 3)
        .filter_map(|word| word.parse().ok())
        .find(|code| (400..600).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_from_an_address_and_a_version() {
        assert_eq!(code_in("550-5.1.1 gone"), Some("5.1.1".into()));
        assert_eq!(code_in("host 10.0.0.1 said (#5.1.10)"), Some("5.1.10".into()));
        for text in ["192.168.1.2", "postfix 3.7.11", "5.1", "5.1.1.1", ""] {
            assert_eq!(code_in(text), None, "{text}");
        }
        assert_eq!(answer_in("said: 550 no, not 5500 or 12.550"), Some(550));
        assert_eq!(answer_in("at 25.550.1 in 600 ways"), None);
    }

    #[test]
    fn groups_are_read_through_folds_and_odd_fields() {
        let text = "Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x@y\nAction: Failed (to be sure)\nStatus: 5.1.1 (bad)\n\
                    Diagnostic-Code: smtp;\n 550 no\n\tsuch user\nX-Odd\n\n\nAction: delayed\n";
        let groups = groups(text);
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].action.as_str(), groups[0].status.as_str()), ("failed", "5.1.1"));
        assert_eq!(groups[0].diagnostic, "smtp; 550 no such user");
        assert_eq!((groups[1].action.as_str(), groups[1].status.as_str()), ("delayed", ""));
    }
}
