//! Is this a university, whose, and where? The list is the Ministry of Education's of 2017: later schools are not in it. A part
//! of a university is told from the university itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::names;

/// A university of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain) struct University {
    /// Its name.
    pub(in crate::domain) name: &'static str,
    /// Who supervises it.
    pub(in crate::domain) department: &'static str,
    /// Whether that is a central authority.
    pub(in crate::domain) is_central: bool,
    /// The town or province in which it lies.
    pub(in crate::domain) town: &'static str,
}

/// How a name stands to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain) enum Standing {
    /// A university, or a school, campus or office of it.
    Own(University),
    /// An affiliated hospital, school or firm: whose it is the list does not say.
    Affiliate(University),
}

/// Words behind a university's name that make an affiliate of it.
const AFFILIATES: [&str; 8] = ["医院", "附属", "公司", "中学", "小学", "学校", "幼儿园", "出版社"];
/// What behind the name makes a place of it.
const PLACES: [char; 4] = ['城', '路', '街', '站'];

static LIST: LazyLock<HashMap<String, University>> = LazyLock::new(|| {
    let table = include_str!("../../../data/universities-2017.csv");
    table.lines().skip(1).filter_map(row).map(|university| (names::key(university.name), university)).collect()
});

/// The university that a name begins with, the longest first.
pub(in crate::domain) fn of(name: &str) -> Option<Standing> {
    let name = names::key(name);
    let ends = name.char_indices().map(|(at, _)| at).skip(4).chain([name.len()]);
    let ends: Vec<usize> = ends.collect();
    let (university, rest) = ends.iter().rev().find_map(|end| {
        let (head, rest) = name.split_at_checked(*end)?;
        LIST.get(head).map(|university| (*university, rest))
    })?;
    if rest.starts_with(PLACES) {
        return None;
    }
    let is_affiliate = AFFILIATES.iter().any(|word| rest.contains(word));
    Some(if is_affiliate { Standing::Affiliate(university) } else { Standing::Own(university) })
}

/// `name,department,level,province_code,town`. The list calls two schools of central authorities local: the department decides.
fn row(line: &'static str) -> Option<University> {
    let cells: Vec<&'static str> = line.split(',').collect();
    let [name, department, level, _, town] = cells.as_slice() else { return None };
    Some(University { name, department, is_central: *level == "central" || department.starts_with("国家"), town })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<(&'static str, bool)> {
        of(name).map(|standing| match standing {
            Standing::Own(university) | Standing::Affiliate(university) => (university.name, university.is_central),
        })
    }

    #[test]
    fn the_list_is_whole() {
        assert_eq!(LIST.len(), 2631);
        assert_eq!(LIST.values().filter(|university| university.is_central).count(), 118);
    }

    #[test]
    fn a_name_may_go_on_behind_its_university() {
        assert_eq!(named("清华大学"), Some(("清华大学", true)));
        assert_eq!(named("清华大学公共管理学院"), Some(("清华大学", true)));
        assert_eq!(named("中国地质大学(北京)"), Some(("中国地质大学（北京）", true)));
        assert_eq!(named("吉林大学珠海学院"), Some(("吉林大学珠海学院", false)));
        assert_eq!(named("大连海事大学"), Some(("大连海事大学", true)));
        assert_eq!(named("云南能源职业技术学院"), Some(("云南能源职业技术学院", false)));
        assert_eq!(named("上海大学路街道办事处"), None);
        assert_eq!(named("某某大学"), None);
        assert_eq!(named(""), None);
    }

    #[test]
    fn an_affiliated_hospital_is_not_the_university() {
        assert!(matches!(of("中国医科大学附属第一医院"), Some(Standing::Affiliate(_))));
        assert!(matches!(of("北京大学深圳医院"), Some(Standing::Affiliate(_))));
        assert!(matches!(of("北京大学"), Some(Standing::Own(_))));
    }
}
