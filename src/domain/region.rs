//! Where a buyer or a supplier is, as a GB/T 2260 province, and which rule said so. Unknown stays unknown; a county's name that
//! several provinces know decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::names;
use super::words::Words;

/// Which rule gave the province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegionBy {
    /// The 行政区域 field.
    Field,
    /// The organisation's name.
    Name,
    /// The organisation's address.
    Address,
    /// The project number's first six digits.
    Number,
    /// The listing's zone.
    Zone,
}

impl RegionBy {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Name => "name",
            Self::Address => "address",
            Self::Number => "number",
            Self::Zone => "zone",
        }
    }

    /// The inverse of [`RegionBy::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Field, Self::Name, Self::Address, Self::Number, Self::Zone].into_iter().find(|by| by.word() == word)
    }
}

/// A region as printed and as resolved.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Region {
    /// What the page prints.
    pub text: Option<String>,
    /// Six digits ending in 0000 (`130000`), or nothing.
    pub province: Option<String>,
    /// Which rule gave the province.
    pub by: Option<RegionBy>,
}

/// Finds the province: the 行政区域 field, then the names, the addresses, a code that a project number begins with, the listing's
/// zone. The first that names one province decides.
#[must_use]
pub fn resolve(
    field: Option<&str>,
    names: &[&str],
    addresses: &[&str],
    numbers: &[&str],
    zone: Option<&str>,
) -> Region {
    let any =
        |texts: &[&str], rule: fn(&Atlas, &str) -> Option<Province>| texts.iter().find_map(|text| rule(&ATLAS, text));
    let place = |texts: &[&str]| any(texts, Atlas::whole).or_else(|| any(texts, Atlas::within));
    let found = field
        .and_then(|text| place(&[text]))
        .map(|province| (province, RegionBy::Field))
        .or_else(|| any(names, Atlas::within).map(|province| (province, RegionBy::Name)))
        .or_else(|| any(addresses, Atlas::within).map(|province| (province, RegionBy::Address)))
        .or_else(|| any(numbers, Atlas::of_number).map(|province| (province, RegionBy::Number)))
        .or_else(|| zone.and_then(|text| place(&[text])).map(|province| (province, RegionBy::Zone)));
    let printed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Region {
        text: field.and_then(printed).or_else(|| zone.and_then(printed)),
        province: found.map(|(province, _)| format!("{province:02}0000")),
        by: found.map(|(_, by)| by),
    }
}

/// The two digits of a province.
type Province = u8;

static ATLAS: LazyLock<Atlas> = LazyLock::new(|| {
    Atlas::of(include_str!("../../data/regions.csv"), include_str!("../../data/regions-counties.csv"))
});

/// Every name and code of the list, ready to be looked up.
struct Atlas {
    /// Provinces and prefectures by full and former name.
    full: BTreeMap<String, BTreeSet<Province>>,
    /// Provinces and prefectures by short name; a province wins over a prefecture.
    short: BTreeMap<String, BTreeSet<Province>>,
    /// Counties by name, those of today before those of once.
    counties: BTreeMap<String, BTreeSet<Province>>,
    codes: BTreeSet<u32>,
    /// The full names of one province each, to be found anywhere.
    full_anywhere: Anywhere,
    /// The same of counties.
    counties_anywhere: Anywhere,
}

/// Names to be found anywhere in a text, with what each stands for.
struct Anywhere {
    search: Words,
    /// How many characters each has, and its province.
    known: Vec<(usize, Province)>,
}

impl Anywhere {
    /// The names of that length that stand for one province.
    fn of(names: &BTreeMap<String, BTreeSet<Province>>, at_least: usize) -> Self {
        let fits = |name: &str| Some(name.chars().count()).filter(|count| (at_least..=15).contains(count));
        let (names, known): (Vec<&str>, Vec<(usize, Province)>) =
            names.iter().filter_map(|(name, provinces)| Some((name.as_str(), (fits(name)?, only(provinces)?)))).unzip();
        Self { search: Words::of(&names), known }
    }

    /// The province of the longest name in a text; of several of one length the first.
    fn longest_in(&self, text: &str) -> Option<Province> {
        let found = self.search.places(text).filter_map(|place| {
            let (count, province) = *self.known.get(place.nth)?;
            Some(((count, std::cmp::Reverse(place.at)), province))
        });
        found.max_by_key(|(rank, _)| *rank).map(|(_, province)| province)
    }
}

impl Atlas {
    fn of(regions: &str, counties: &str) -> Self {
        let nowhere = || Anywhere::of(&BTreeMap::new(), 0);
        let mut atlas = Self {
            full: BTreeMap::new(),
            short: BTreeMap::new(),
            counties: BTreeMap::new(),
            codes: BTreeSet::new(),
            full_anywhere: nowhere(),
            counties_anywhere: nowhere(),
        };
        let rows: Vec<Vec<&str>> = regions.lines().skip(1).map(|line| line.split(',').collect()).collect();
        for level in ["province", "prefecture"] {
            for row in rows.iter().filter(|row| row.get(1) == Some(&level)) {
                atlas.learn_region(row, level);
            }
        }
        let mut retired: BTreeMap<String, BTreeSet<Province>> = BTreeMap::new();
        for row in counties.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
            let [code, name, province, _, status, ..] = row.as_slice() else { continue };
            let (Ok(code), Ok(province)) = (code.parse(), province.parse()) else { continue };
            atlas.codes.insert(code);
            let names = if *status == "current" { &mut atlas.counties } else { &mut retired };
            names.entry((*name).to_owned()).or_default().insert(province);
        }
        for (name, provinces) in retired {
            atlas.counties.entry(name).or_insert(provinces);
        }
        atlas.full_anywhere = Anywhere::of(&atlas.full, 2);
        atlas.counties_anywhere = Anywhere::of(&atlas.counties, 3);
        atlas
    }

    fn learn_region(&mut self, row: &[&str], level: &str) {
        let cell = |place: usize| row.get(place).copied().unwrap_or_default();
        let (Ok(code), Ok(province)) = (cell(0).parse(), cell(6).parse()) else { return };
        self.codes.insert(code);
        if cell(9) == "1" {
            return;
        }
        for name in std::iter::once(cell(2)).chain(cell(12).split('|')).filter(|name| name.chars().count() >= 2) {
            self.full.entry(name.to_owned()).or_default().insert(province);
        }
        let short = cell(3);
        if short.chars().count() >= 2 && (level == "province" || !self.short.contains_key(short)) {
            self.short.entry(short.to_owned()).or_default().insert(province);
        }
    }

    /// A text that is a name and nothing else.
    fn whole(&self, text: &str) -> Option<Province> {
        let text = names::squeezed(text);
        [&self.full, &self.short, &self.counties].into_iter().find_map(|known| only(known.get(&text)?))
    }

    /// The longest full name of a province or prefecture anywhere in a text, then of a county, then a short name where an
    /// organisation's place stands.
    fn within(&self, text: &str) -> Option<Province> {
        let text = names::squeezed(text);
        let county = || self.counties_anywhere.longest_in(&text).or_else(|| self.small_county_at(&text));
        self.full_anywhere.longest_in(&text).or_else(county).or_else(|| self.short_in(&text))
    }

    /// A county of one character (雄县) is only believed at the start: elsewhere two characters meet by chance.
    fn small_county_at(&self, text: &str) -> Option<Province> {
        let end = text.char_indices().nth(2).map_or(text.len(), |(at, _)| at);
        let name = text.get(..end).filter(|name| name.ends_with('县'))?;
        only(self.counties.get(name)?)
    }

    /// A short name at the start, behind a national authority's name, or in brackets, unless a county's name stands there.
    fn short_in(&self, text: &str) -> Option<Province> {
        let national = ["国家税务总局", "中华人民共和国", "中国人民银行", "中国共产党", "中共", "中国"];
        let start = national.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
        let bracket = text.split_once('(').map(|(_, rest)| rest);
        [Some(text), Some(start), bracket].into_iter().flatten().find_map(|rest| self.short_at(rest))
    }

    fn short_at(&self, text: &str) -> Option<Province> {
        let starts = |known: &BTreeMap<String, BTreeSet<Province>>| {
            (2..=8).rev().find_map(|length| {
                let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
                known.get_key_value(text.get(..end)?).map(|(name, provinces)| (name.len(), only(provinces)))
            })
        };
        let (length, province) = starts(&self.short)?;
        let is_county = starts(&self.counties).is_some_and(|(longer, _)| longer > length);
        province.filter(|_| !is_county)
    }

    /// A code that a number begins with: six digits, then a mark, or the long number of a procurement platform.
    fn of_number(&self, text: &str) -> Option<Province> {
        let text = names::squeezed(text);
        let run = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let code: u32 = text.get(..6).filter(|_| run == 6 || run >= 15)?.parse().ok()?;
        self.codes.contains(&code).then(|| u8::try_from(code / 10_000).ok()).flatten()
    }
}

fn only(provinces: &BTreeSet<Province>) -> Option<Province> {
    provinces.first().copied().filter(|_| provinces.len() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_name(name: &str) -> Option<String> {
        resolve(None, &[name], &[], &[], None).province
    }

    fn by_field(field: &str) -> Option<String> {
        resolve(Some(field), &[], &[], &[], None).province
    }

    #[test]
    fn the_field_may_be_a_province_a_city_or_a_county() {
        for (field, province) in [
            ("河北省", "130000"),
            ("沧州市", "130000"),
            ("清镇市", "520000"),
            ("滨海新区", "120000"),
            ("神木县", "610000"),
            ("内蒙古", "150000"),
            ("河北省沧州市", "130000"),
            ("广西壮族自治区", "450000"),
            ("岫岩满族自治县", "210000"),
        ] {
            assert_eq!(by_field(field).as_deref(), Some(province), "{field}");
        }
    }

    #[test]
    fn what_names_no_place_or_several_is_passed_over() {
        for field in ["市辖区", "朝阳区", "龙华区", "", "详见公告"] {
            assert_eq!(by_field(field), None, "{field}");
        }
        let region = resolve(Some("龙华区"), &["深圳市龙华科技实验高级中学"], &[], &[], None);
        assert_eq!((region.province.as_deref(), region.by), (Some("440000"), Some(RegionBy::Name)));
        assert_eq!(region.text.as_deref(), Some("龙华区"));
    }

    #[test]
    fn a_name_tells_by_its_longest_place() {
        for (name, province) in [
            ("沧州市中心医院", Some("130000")),
            ("北京市海淀区政务服务管理局", Some("110000")),
            ("大庆龙南医院", Some("230000")),
            ("腾讯云计算（北京）有限责任公司", Some("110000")),
            ("国家税务总局深圳市税务局", Some("440000")),
            ("中华人民共和国上海海关", Some("310000")),
            ("榆中县第一人民医院", Some("620000")),
            ("牡丹江市西安区人民法院", Some("230000")),
            ("雄县综合行政执法局", Some("130000")),
            ("西安区人民法院", None),
            ("海南大学", Some("460000")),
            ("吉林大学", Some("220000")),
            ("清华大学", None),
            ("联动优势科技有限公司", None),
        ] {
            assert_eq!(by_name(name).as_deref(), province, "{name}");
        }
    }

    #[test]
    fn the_first_rule_that_knows_decides() {
        let region = resolve(Some("辽宁省"), &["北京某大学"], &[], &[], Some("上海"));
        assert_eq!((region.province.as_deref(), region.by), (Some("210000"), Some(RegionBy::Field)));
        let region = resolve(None, &["清华大学"], &["北京市海淀区清华园1号"], &[], None);
        assert_eq!((region.province.as_deref(), region.by), (Some("110000"), Some(RegionBy::Address)));
        let region = resolve(None, &[], &[], &["442000-202009-hp059-0057"], Some("云南"));
        assert_eq!((region.province.as_deref(), region.by), (Some("440000"), Some(RegionBy::Number)));
        let region = resolve(None, &["省财政厅机关后勤服务中心"], &[], &["ZCZX-ZB20260502"], Some("陕西"));
        assert_eq!((region.province.as_deref(), region.by), (Some("610000"), Some(RegionBy::Zone)));
        assert_eq!(resolve(None, &[], &[], &[], None), Region::default());
    }

    #[test]
    fn cities_with_a_plan_of_their_own_are_zones_too() {
        for (zone, province) in
            [("大连", "210000"), ("宁波", "330000"), ("厦门", "350000"), ("青岛", "370000"), ("深圳", "440000")]
        {
            assert_eq!(resolve(None, &[], &[], &[], Some(zone)).province.as_deref(), Some(province));
        }
    }
}
