//! Which lot is it? Labels as they are compared, taken from the title or number where a notice of one lot prints them only there.

use super::names;
use super::notice::{Lot, Notice};
use super::number;

/// A lot's label as it is compared; nothing for the only lot of a project.
#[must_use]
pub fn label(notice: &Notice, lot: &Lot) -> Option<String> {
    match &lot.label {
        Some(label) => Some(key(label)),
        None if notice.lots.len() <= 1 => named_in(notice),
        None => None,
    }
}

/// A printed label as it is compared.
#[must_use]
pub fn key(label: &str) -> String {
    names::lot_label(label).unwrap_or_else(|| names::squeezed(label).to_uppercase())
}

/// The one lot that a notice's title or number names: `…设备购置项目（第3包）成交公告`, `JLSZC202002516-2`.
#[must_use]
pub fn named_in(notice: &Notice) -> Option<String> {
    in_title(&notice.title).or_else(|| notice.project_title.as_deref().and_then(in_title)).or_else(|| {
        match notice.project_numbers.as_slice() {
            [only] => number::lot(&names::squeezed(only)).map(|(_, label)| label),
            _ => None,
        }
    })
}

/// Only a lot that closes the title, notice words and rounds aside.
fn in_title(title: &str) -> Option<String> {
    let mut rest = names::squeezed(title);
    loop {
        if let Some((_, label)) = names::without_lot(&rest) {
            return Some(label);
        }
        rest = names::without_notice_word(&rest)?.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_named_only_in_the_title_or_number_is_found() {
        let mut notice =
            Notice { title: "检验科设备购置项目（2）（第3包）中标公告".into(), ..Notice::default() };
        assert_eq!(label(&notice, &Lot::default()).as_deref(), Some("3"));
        notice.title = "检验科设备购置项目（2）中标公告".into();
        assert_eq!(label(&notice, &Lot::default()), None);
        notice.project_numbers = vec!["JLSZC202002516-2".into()];
        assert_eq!(label(&notice, &Lot::default()).as_deref(), Some("2"));
        let printed = Lot { label: Some("06".into()), ..Lot::default() };
        assert_eq!(label(&notice, &printed).as_deref(), Some("6"));
    }
}
