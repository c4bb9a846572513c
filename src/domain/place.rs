//! Where is a supplier registered? By its credit code, else its latest address, else its name (FACTS 4.4), as a GB/T 2260
//! province, saying which. What places a buyer (the 行政区域 field, a project's number) says nothing of a supplier.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::judged::Judged;
use super::{region, uscc};

/// How many texts are looked at: what a firm has printed lately decides, not its whole past.
const TEXTS_MAX: usize = 32;

/// A text with the last day that it was printed on.
pub type Printed<'a> = (&'a str, Option<Date>);

/// The province by code (those of the national register name none), by address, by name. Of addresses and of names the
/// latest that tell a province decide; where those of one day differ, the rule decides nothing and the next is asked.
#[must_use]
pub fn place(codes: &[&str], addresses: &[Printed<'_>], names: &[Printed<'_>]) -> Judged<String> {
    let of_code = codes.iter().find_map(|code| by_code(code)).map(|province| Judged::by(province, "code"));
    of_code
        .or_else(|| latest(addresses, region::by_address).map(|province| Judged::by(province, "address")))
        .or_else(|| latest(names, region::by_name).map(|province| Judged::by(province, "name")))
        .unwrap_or_else(|| Judged::undecided("no rule fits"))
}

/// The province of the authority that gave the code.
fn by_code(code: &str) -> Option<String> {
    uscc::province(code).and_then(|_| region::by_code(code.get(2..8)?))
}

/// The one province of the latest day on which any text tells one.
fn latest(texts: &[Printed<'_>], of: fn(&str) -> Option<String>) -> Option<String> {
    let mut days: BTreeMap<Option<Date>, BTreeSet<&str>> = BTreeMap::new();
    for (text, on) in texts {
        days.entry(*on).or_default().insert(text);
    }
    let mut left = TEXTS_MAX;
    for texts in days.into_values().rev() {
        let looked_at: Vec<&str> = texts.into_iter().take(left).collect();
        left -= looked_at.len();
        let provinces: BTreeSet<String> = looked_at.into_iter().filter_map(of).collect();
        if provinces.len() > 1 {
            return None;
        }
        if let Some(province) = provinces.into_iter().next() {
            return Some(province);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn told(codes: &[&str], addresses: &[Printed<'_>], names: &[&str]) -> (Option<String>, String) {
        let names: Vec<Printed<'_>> = names.iter().map(|name| (*name, None)).collect();
        let Judged { value, rule } = place(codes, addresses, &names);
        (value, rule)
    }

    fn by(province: &str, rule: &str) -> (Option<String>, String) {
        (Some(province.to_owned()), rule.to_owned())
    }

    #[test]
    fn the_code_tells_before_the_address_and_that_before_the_name() {
        let (code, address, name) = ("91440300708461136T", ("北京市海淀区中关村大街1号", None), "上海某某有限公司");
        assert_eq!(told(&[code], &[address], &[name]), by("440000", "code"));
        assert_eq!(told(&[], &[address], &[name]), by("110000", "address"));
        assert_eq!(told(&[], &[], &[name]), by("310000", "name"));
    }

    #[test]
    fn a_code_of_the_national_register_and_a_wrong_one_tell_nothing() {
        let address = [("北京市海淀区清华园", None)];
        assert_eq!(told(&["12100000400000624D"], &address, &["清华大学"]), by("110000", "address"));
        assert_eq!(told(&["91310115MA1H8R7C6D"], &[], &["腾讯云计算（北京）有限责任公司"]), by("110000", "name"));
    }

    #[test]
    fn a_name_without_a_place_stays_undecided() {
        for name in ["联动优势科技有限公司", "太极计算机股份有限公司", "华为技术有限公司"]
        {
            assert_eq!(told(&[], &[], &[name]), (None, "no rule fits".to_owned()), "{name}");
        }
    }

    #[test]
    fn a_firm_that_moved_is_where_its_latest_address_is() {
        let moved = [("四川省成都市天府大道", Some(date(2017, 1, 1))), ("浙江省杭州市文三路", Some(date(2019, 1, 1)))];
        assert_eq!(told(&[], &moved, &[]), by("330000", "address"));
        let at_once = [("四川省成都市", Some(date(2019, 1, 1))), ("浙江省杭州市", Some(date(2019, 1, 1)))];
        assert_eq!(
            told(&[], &at_once, &["贵州某某有限公司"]),
            by("520000", "name"),
            "addresses that differ tell nothing"
        );
    }
}
