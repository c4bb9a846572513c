//! What is it for? The nature of the buyer first, then the title, then the items; a step that names no class passes the question
//! on, a tie ends it. What no step answers is unclassified.

use std::collections::BTreeMap;

use super::words::{self, Place, Verdict};
use crate::domain::classes::Category;
use crate::domain::judged::Judged;
use crate::domain::names;
use crate::domain::notice::Notice;
use crate::domain::organisation::Organisation;

/// How much of the items is looked at, in bytes: enough for any list that a person would read.
const ITEMS_BYTES_MAX: usize = 16 * 1024;
/// Stands between texts, so that no term is found across their border.
const APART: &str = "|";

/// The category of the project that these notices make.
pub(super) fn judge(notices: &[&Notice], buyers: &[Organisation], title: &str) -> Judged<Category> {
    by_buyers(buyers)
        .or_else(|| told("title", words::verdict(Place::Title, &without_parties(title, notices, buyers))))
        .or_else(|| told("items", words::verdict(Place::Items, &items(notices))))
        .unwrap_or_else(|| Judged::undecided("no rule fits"))
}

/// Buyers of a joint purchase must agree; those whose names say nothing have no vote.
fn by_buyers(buyers: &[Organisation]) -> Option<Judged<Category>> {
    let mut named: BTreeMap<Category, &'static str> = BTreeMap::new();
    for buyer in buyers {
        match words::verdict(Place::Buyer, &buyer.name) {
            Verdict::Silent => {}
            Verdict::One(category, term) => {
                named.entry(category).or_insert(term);
            }
            Verdict::Tie(classes) => return told("buyer name", Verdict::Tie(classes)),
        }
    }
    let named: Vec<(Category, &'static str)> = named.into_iter().collect();
    told(
        "buyer name",
        match named.as_slice() {
            [] => Verdict::Silent,
            [(category, term)] => Verdict::One(*category, term),
            _ => Verdict::Tie(named),
        },
    )
}

/// The verdict as a judged value that names the field and the term; nothing where the field is silent.
fn told(field: &str, verdict: Verdict) -> Option<Judged<Category>> {
    match verdict {
        Verdict::Silent => None,
        Verdict::One(category, term) => Some(Judged::by(category, format!("{field}: {term}"))),
        Verdict::Tie(classes) => {
            let classes: Vec<String> =
                classes.iter().map(|(category, term)| format!("{term} ({})", category.word())).collect();
            Some(Judged::undecided(format!("tie: {field}: {}", classes.join(", "))))
        }
    }
}

/// The title without the names of its parties: a hospital's agent may be called after a university.
fn without_parties(title: &str, notices: &[&Notice], buyers: &[Organisation]) -> String {
    let suppliers = notices.iter().flat_map(|notice| &notice.lots).flat_map(|lot| &lot.suppliers);
    let agencies = notices.iter().filter_map(|notice| notice.agency.as_ref());
    let mut title = names::squeezed(title);
    for party in buyers.iter().chain(agencies).chain(suppliers) {
        let name = names::key(&party.name);
        if name.chars().count() >= 4 {
            title = title.replace(&name, APART);
        }
    }
    title
}

/// What is bought: the paths of the notices, then the items, each apart from the next.
fn items(notices: &[&Notice]) -> String {
    let paths = notices.iter().filter_map(|notice| notice.items_path.as_deref());
    let names = notices.iter().flat_map(|notice| &notice.items).map(|item| item.name.as_str());
    let mut listed = String::new();
    for text in paths.chain(names) {
        if listed.len() + text.len() > ITEMS_BYTES_MAX {
            break;
        }
        listed.push_str(text);
        listed.push_str(APART);
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notice::Item;

    fn of(buyers: &[&str], title: &str, items: &[&str]) -> (Option<Category>, String) {
        let buyers: Vec<Organisation> = buyers.iter().map(|name| Organisation::named(*name)).collect();
        let items = items.iter().map(|name| Item { name: (*name).into(), ..Item::default() }).collect();
        let notice = Notice { items, ..Notice::default() };
        let judged = judge(&[&notice], &buyers, title);
        (judged.value, judged.rule)
    }

    fn of_buyer(name: &str) -> Option<Category> {
        of(&[name], "", &[]).0
    }

    #[test]
    fn the_buyer_speaks_before_the_title_and_the_title_before_the_items() {
        assert_eq!(
            of(&["清华大学"], "供应链金融平台", &["医疗设备"]),
            (Some(Category::Education), "buyer name: 大学".into())
        );
        assert_eq!(
            of(&["某县人民政府"], "供应链金融平台", &["医疗设备"]),
            (Some(Category::Finance), "title: 供应链金融".into())
        );
        assert_eq!(
            of(&["某县人民政府"], "设备采购", &["医疗设备"]),
            (Some(Category::Health), "items: 医疗设备".into())
        );
        assert_eq!(of(&["某县人民政府"], "办公家具采购", &["桌", "椅"]), (None, "no rule fits".into()));
        assert_eq!(of(&[], "", &[]), (None, "no rule fits".into()));
    }

    #[test]
    fn a_name_is_read_by_its_nature_not_by_the_field_it_mentions() {
        for (name, category) in [
            ("中央财经大学", Some(Category::Education)),
            ("中国农业大学", Some(Category::Education)),
            ("北京交通大学", Some(Category::Education)),
            ("上海海关学院", Some(Category::Education)),
            ("中国政法大学法学院", Some(Category::Education)),
            ("广西医科大学附属五象新区医院", Some(Category::Health)),
            ("浙江大学医学院附属第二医院", Some(Category::Health)),
            ("中国医学科学院北京协和医院", Some(Category::Health)),
            ("北京市药品监督管理局机关", Some(Category::Health)),
            ("交通银行股份有限公司", Some(Category::Finance)),
            ("中国农业发展银行", Some(Category::Finance)),
            ("中国福利彩票发行管理中心", Some(Category::Finance)),
            ("全国海关信息中心", Some(Category::Border)),
            ("北京海淀区人民政府", None),
            ("某市人民政治协商会议", None),
            ("珠海市市场监督管理局", None),
            ("武宣县环境卫生管理站", None),
            ("永吉县水库移民服务中心", None),
            ("安徽省公益性项目建设管理中心", None),
            ("秦皇岛市海港区人民政府", None),
        ] {
            assert_eq!(of_buyer(name), category, "{name}");
        }
    }

    #[test]
    fn the_studys_buyers_are_classed() {
        for (name, category) in [
            ("清华大学", Category::Education),
            ("北京市海淀区政务服务管理局", Category::Government),
            ("甘肃省旅游发展委员会", Category::Tourism),
            ("中国福利彩票发行管理中心", Category::Finance),
            ("全国海关信息中心", Category::Border),
            ("中国网络安全审查技术与认证中心", Category::Security),
            ("中央网络安全和信息化委员会办公室", Category::Security),
            ("国家互联网信息办公室", Category::Security),
        ] {
            assert_eq!(of_buyer(name), Some(category), "{name}");
        }
    }

    #[test]
    fn buyers_that_disagree_are_a_tie_and_the_title_does_not_settle_it() {
        let (category, rule) = of(&["甲大学", "乙医院", "丙镇人民政府"], "供应链金融平台", &[]);
        assert_eq!((category, rule.as_str()), (None, "tie: buyer name: 大学 (education), 医院 (health)"));
        assert_eq!(of(&["甲大学", "乙中学", "丙镇人民政府"], "", &[]).0, Some(Category::Education));
        let (category, rule) = of(&[], "农业旅游平台", &[]);
        assert_eq!((category, rule.as_str()), (None, "tie: title: 农业 (agriculture), 旅游 (tourism)"));
    }

    #[test]
    fn the_names_of_parties_in_a_title_are_not_its_subject() {
        let agency = Some(Organisation::named("某某大学招标中心"));
        let notice = Notice { agency, ..Notice::default() };
        let judged = judge(&[&notice], &[], "某某大学招标中心关于办公家具采购的公告");
        assert_eq!((judged.value, judged.rule.as_str()), (None, "no rule fits"));
    }
}
