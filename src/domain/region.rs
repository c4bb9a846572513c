//! Where a buyer or a supplier is, as a GB/T 2260 province, and which rule said so. Unknown stays unknown; a county's name that
//! several provinces know decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::classify::university::{self, Standing};
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
    /// A person.
    Ruling,
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
            Self::Ruling => "ruling",
        }
    }

    /// The inverse of [`RegionBy::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Field, Self::Name, Self::Address, Self::Number, Self::Zone, Self::Ruling]
            .into_iter()
            .find(|by| by.word() == word)
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
/// zone, the town of a university. The first that names one province decides.
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
    // Contracts of other countries have numbers that look like our codes.
    let is_chinese = names.is_empty() || names.iter().any(|name| !name.is_ascii());
    let place = |texts: &[&str]| any(texts, Atlas::whole).or_else(|| any(texts, Atlas::within));
    let found = field
        .and_then(|text| place(&[text]))
        .map(|province| (province, RegionBy::Field))
        .or_else(|| any(names, Atlas::of_name).map(|province| (province, RegionBy::Name)))
        .or_else(|| any(addresses, Atlas::within).map(|province| (province, RegionBy::Address)))
        .or_else(|| any(numbers, Atlas::of_number).filter(|_| is_chinese).map(|province| (province, RegionBy::Number)))
        .or_else(|| zone.and_then(|text| place(&[text])).map(|province| (province, RegionBy::Zone)))
        .or_else(|| any(names, Atlas::of_university).map(|province| (province, RegionBy::Name)));
    let printed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Region {
        text: field.and_then(printed).or_else(|| zone.and_then(printed)),
        province: found.map(|(province, _)| code(province)),
        by: found.map(|(_, by)| by),
    }
}

/// The province that an organisation's name speaks of, as six digits: a place at its start, in brackets, before 分公司 and the
/// like, the longest full name of a region anywhere, else the town of the university that it is.
#[must_use]
pub fn by_name(name: &str) -> Option<String> {
    ATLAS.of_name(name).or_else(|| ATLAS.of_university(name)).map(code)
}

/// The province of a postal address, as six digits.
#[must_use]
pub fn by_address(address: &str) -> Option<String> {
    ATLAS.within(address).map(code)
}

/// The province of a six-digit code of GB/T 2260, by its first two digits: codes that were retired since keep their province.
/// Nothing for `100000` and what is no province.
#[must_use]
pub fn by_code(six_digits: &str) -> Option<String> {
    let is_code = six_digits.len() == 6 && six_digits.bytes().all(|byte| byte.is_ascii_digit());
    let province = six_digits.get(..2).filter(|_| is_code)?.parse().ok()?;
    ATLAS.codes.contains(&(u32::from(province) * 10_000)).then(|| code(province))
}

/// Whether a text begins with the name of a province, a prefecture or a county.
#[must_use]
pub(super) fn begins_with_place(text: &str) -> bool {
    ATLAS.begins_with_place(&names::squeezed(text))
}

fn code(province: Province) -> String {
    format!("{province:02}0000")
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
    /// Prefectures and counties by what is said before 分公司: the short name or the stem (松阳).
    stems: BTreeMap<String, BTreeSet<Province>>,
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

/// What follows the bare name of the place where a part of an organisation sits.
const BRANCHES: [&str; 10] = ["分公司", "分行", "支行", "分局", "分院", "分校", "分所", "分中心", "监管局", "调查队"];

impl Atlas {
    fn of(regions: &str, counties: &str) -> Self {
        let nowhere = || Anywhere::of(&BTreeMap::new(), 0);
        let mut atlas = Self {
            full: BTreeMap::new(),
            short: BTreeMap::from([("内蒙".to_owned(), BTreeSet::from([15]))]),
            counties: BTreeMap::new(),
            stems: BTreeMap::new(),
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
            let stem = name.trim_end_matches(['县', '区', '市', '旗']);
            if stem.chars().count() >= 2 {
                atlas.stems.entry(stem.to_owned()).or_default().insert(province);
            }
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
        if short.chars().count() >= 2 {
            self.stems.entry(short.to_owned()).or_default().insert(province);
        }
        if short.chars().count() >= 2 && (level == "province" || !self.short.contains_key(short)) {
            self.short.entry(short.to_owned()).or_default().insert(province);
        }
    }

    /// A text that is a name and nothing else.
    fn whole(&self, text: &str) -> Option<Province> {
        let text = names::squeezed(text);
        [&self.full, &self.short, &self.counties].into_iter().find_map(|known| only(known.get(&text)?))
    }

    /// A full name of a province or prefecture at the start, the longest anywhere, then of a county, then a short name where an
    /// organisation's place stands.
    fn within(&self, text: &str) -> Option<Province> {
        let text = names::squeezed(text);
        let (_, full) = starting(&self.full, &text).unzip();
        let county = || self.counties_anywhere.longest_in(&text).or_else(|| self.small_county_at(&text));
        full.flatten()
            .or_else(|| self.full_anywhere.longest_in(&text))
            .or_else(county)
            .or_else(|| self.short_in(&text))
            .or_else(|| self.branch_in(&text))
            .or_else(|| (text.contains("生产建设兵团") || text.starts_with("兵团")).then_some(CORPS))
    }

    /// The place that a name speaks of; a university lies where the list says: 河北工业大学 in Tianjin.
    fn of_name(&self, name: &str) -> Option<Province> {
        let spoken = self.within(name)?;
        let is_listed =
            matches!(university::of(name), Some(Standing::Own(own)) if names::key(own.name) == names::key(name));
        Some(self.of_university(name).filter(|_| is_listed).unwrap_or(spoken))
    }

    fn begins_with_place(&self, text: &str) -> bool {
        [&self.full, &self.short, &self.counties].into_iter().any(|known| starting(known, text).is_some())
    }

    /// The place before a word for a branch: 丽水分公司. A stem of several provinces (朝阳支行) decides nothing.
    fn branch_in(&self, text: &str) -> Option<Province> {
        let heads = BRANCHES.iter().flat_map(|word| text.match_indices(word)).filter_map(|(at, _)| text.get(..at));
        let mut heads = heads.filter_map(|head| {
            let starts: Vec<usize> = head.char_indices().map(|(at, _)| at).rev().take(8).collect();
            starts.iter().rev().find_map(|at| only(self.stems.get(head.get(*at..)?)?))
        });
        heads.next()
    }

    /// The town of the university that a name begins with, where the name itself is of the university.
    fn of_university(&self, name: &str) -> Option<Province> {
        match university::of(name)? {
            Standing::Own(university) => self.whole(university.town),
            Standing::Affiliate(_) => None,
        }
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
        let brackets = text.match_indices('(').filter_map(|(at, _)| text.get(at + 1..));
        [text, start].into_iter().chain(brackets).find_map(|rest| self.short_at(rest))
    }

    fn short_at(&self, text: &str) -> Option<Province> {
        let (length, province) = starting(&self.short, text)?;
        let is_county = starting(&self.counties, text).is_some_and(|(longer, _)| longer > length);
        let rest = text.get(length..).unwrap_or_default().trim_start_matches(['东', '南', '西', '北', '中']);
        let is_street = ["路", "街", "大道", "巷"].iter().any(|word| rest.starts_with(word));
        province.filter(|_| !is_county && !is_street)
    }

    /// A code that a number begins with: six digits, then a mark, or the long number of a procurement platform, which some
    /// provinces begin with a letter.
    fn of_number(&self, text: &str) -> Option<Province> {
        let text = names::squeezed(text);
        let text = text.strip_prefix('(').unwrap_or(&text);
        let behind = text.strip_prefix(|c: char| c.is_ascii_alphabetic());
        self.of_digits(text, 6).or_else(|| self.of_digits(behind?, usize::MAX))
    }

    fn of_digits(&self, text: &str, exact: usize) -> Option<Province> {
        let run = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let code: u32 = text.get(..6).filter(|_| run == exact || run >= 15)?.parse().ok()?;
        self.codes.contains(&code).then(|| u8::try_from(code / 10_000).ok()).flatten()
    }
}

/// Xinjiang, where the Production and Construction Corps is.
const CORPS: Province = 65;

/// The longest name that a text begins with: its length, and its province where it has only one.
fn starting(known: &BTreeMap<String, BTreeSet<Province>>, text: &str) -> Option<(usize, Option<Province>)> {
    (2..=15).rev().find_map(|length| {
        let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
        known.get_key_value(text.get(..end)?).map(|(name, provinces)| (name.len(), only(provinces)))
    })
}

fn only(provinces: &BTreeSet<Province>) -> Option<Province> {
    provinces.first().copied().filter(|_| provinces.len() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("内蒙呼和浩特赛罕区某局", Some("150000")),
            ("新疆生产建设兵团第八师石河子总场", Some("650000")),
            ("兵团第一师医院", Some("650000")),
            ("中国电信股份有限公司丽水分公司", Some("330000")),
            ("中国移动通信集团有限公司松阳分公司", Some("330000")),
            ("中国建设银行股份有限公司朝阳支行", None),
            ("国家金融监督管理总局青岛监管局", Some("370000")),
            ("安永（中国）企业咨询（上海）有限公司", Some("310000")),
            ("上海市对口支援新疆维吾尔自治区指挥部", Some("310000")),
            ("中国共产党兴文县纪律检查委员会", Some("510000")),
            ("清华大学", Some("110000")),
            ("河北工业大学", Some("120000")),
            ("中国医科大学附属第一医院", None),
            ("联动优势科技有限公司", None),
            ("太极计算机股份有限公司", None),
        ] {
            assert_eq!(by_name(name).as_deref(), province, "{name}");
        }
    }

    #[test]
    fn an_address_may_shorten_its_province() {
        for (address, province) in [
            ("江苏苏州工业园区星湖街1号", Some("320000")),
            ("广东深圳南山区高新园", Some("440000")),
            ("北京朝阳区建国路1号", Some("110000")),
            ("北京市朝阳区呼和浩特市大厦", Some("110000")),
            ("浙江省遂昌县妙高街道北街143号", Some("330000")),
            ("海淀区中关村大街27号", Some("110000")),
            ("恩施土家族苗族自治州宣恩县宣北大道10号", Some("420000")),
            ("朝阳区建国路1号", None),
            ("中山路18号", None),
        ] {
            assert_eq!(by_address(address).as_deref(), province, "{address}");
        }
    }

    #[test]
    fn a_code_keeps_its_province_when_it_is_retired() {
        for (code, province) in [
            ("110103", Some("110000")),
            ("440300", Some("440000")),
            ("659999", Some("650000")),
            ("100000", None),
            ("990000", None),
            ("11010", None),
            ("1101０", None),
        ] {
            assert_eq!(by_code(code).as_deref(), province, "{code}");
        }
    }

    #[test]
    fn a_number_may_wear_a_letter_or_a_bracket_before_its_code() {
        for (number, province) in [
            ("442000-202009-hp059-0057", Some("440000")),
            ("[231025]FAGC[GK]20260002", Some("230000")),
            ("11010226210200025327-XM001", Some("110000")),
            ("N5106822026000046", Some("510000")),
            ("331124263030080000009-浙金丽招2026046号", Some("330000")),
            ("LHACG2025000057", None),
            ("0701-264106070107", None),
            ("B440300-1", None),
        ] {
            assert_eq!(resolve(None, &[], &[], &[number], None).province.as_deref(), province, "{number}");
        }
    }

    #[test]
    fn a_university_without_any_other_sign_lies_in_its_town() {
        let region = resolve(None, &["清华大学"], &[], &[], Some("上海"));
        assert_eq!((region.province.as_deref(), region.by), (Some("310000"), Some(RegionBy::Zone)));
        let region = resolve(None, &["清华大学"], &[], &[], None);
        assert_eq!((region.province.as_deref(), region.by), (Some("110000"), Some(RegionBy::Name)));
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
        assert_eq!(resolve(None, &["Department of Defense"], &[], &["140103-18-C"], None).province, None);
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
