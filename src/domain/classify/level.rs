//! Whose money is it, central or local? The channel in the address, the credit code, the list of universities, the name; what
//! none of them calls central is local by default. Only without any buyer and channel is the answer unknown.

use super::university::{self, Standing};
use crate::domain::classes::Level;
use crate::domain::judged::Judged;
use crate::domain::names;
use crate::domain::notice::Notice;
use crate::domain::organisation::Organisation;
use crate::domain::{region, uscc};

/// Authorities of the centre, by the beginning of their names.
const CENTRAL: [&str; 44] = [
    "中央",
    "中共中央",
    "共青团中央",
    "全国",
    "国务院",
    "最高人民",
    "中华人民共和国",
    "中华全国",
    "国家",
    "外交部",
    "国防部",
    "教育部",
    "科学技术部",
    "科技部",
    "工业和信息化部",
    "公安部",
    "民政部",
    "司法部",
    "财政部",
    "人力资源和社会保障部",
    "人力资源社会保障部",
    "自然资源部",
    "国土资源部",
    "生态环境部",
    "环境保护部",
    "住房和城乡建设部",
    "住房城乡建设部",
    "交通运输部",
    "水利部",
    "农业农村部",
    "农业部",
    "商务部",
    "文化和旅游部",
    "文化部",
    "退役军人事务部",
    "应急管理部",
    "审计署",
    "海关总署",
    "新华社",
    "新华通讯社",
    "人民日报社",
    "长江航务",
    "珠江航务",
    "长江航道",
];

/// Names that begin like an authority of the centre and are of a place or a programme.
const NOT_CENTRAL: [&str; 14] = [
    "国家级",
    "国家高新",
    "国家超级计算",
    "国家中心城市",
    "国家示范",
    "国家公园",
    "国家基本公共",
    "国家科技成果",
    "中央商务区",
    "中央公园",
    "中央大街",
    "中央城",
    "全国文明",
    "全国重点",
];

/// Parties and societies that have a committee in every place.
const EVERYWHERE: [&str; 13] = [
    "中国共产党",
    "中国人民政治协商会议",
    "中国国民党革命委员会",
    "中国民主同盟",
    "中国民主建国会",
    "中国民主促进会",
    "中国农工民主党",
    "中国致公党",
    "中国国际贸易促进委员会",
    "中国共产主义青年团",
    "中国少年先锋队",
    "中国红十字会",
    "中国残疾人联合会",
];

/// Services of the centre that sit in the provinces, and what looks like them and is local.
const VERTICAL: [(&str, &[&str]); 29] = [
    ("海关", &["山海关", "海关路", "海关大厦", "海关小学", "海关街"]),
    ("税务局", &["地方税务局"]),
    ("税务所", &["地方税务所", "地税"]),
    ("税务总局", &[]),
    ("国税局", &[]),
    ("出入境边防检查", &[]),
    ("边防检查站", &[]),
    ("边检站", &[]),
    ("边境管理支队", &[]),
    ("边境管理大队", &[]),
    ("出入境检验检疫", &[]),
    ("海事局", &["地方海事局"]),
    ("气象局", &[]),
    ("气象台", &[]),
    ("气象服务中心", &[]),
    ("气象信息中心", &[]),
    ("消防救援", &["消防救援站建设", "专职消防"]),
    ("森林消防", &["森林消防队", "专业森林消防"]),
    ("铁路公安", &[]),
    ("人民银行", &[]),
    ("银保监", &[]),
    ("银监局", &[]),
    ("证监局", &[]),
    ("金融监管局", &["地方金融"]),
    ("金融监督管理局", &["地方金融"]),
    ("邮政管理局", &[]),
    ("通信管理局", &[]),
    ("河务局", &[]),
    ("水利委员会", &[]),
];

/// What makes a company of a name: whoever owns it, its name does not say whose money it spends.
const COMPANIES: [&str; 4] = ["公司", "集团", "银行", "合伙"];

/// The level of the buyers of the project that these notices make.
pub(super) fn judge(notices: &[&Notice], buyers: &[Organisation]) -> Judged<Level> {
    if let Some(judged) = by_channel(notices) {
        return judged;
    }
    let found = buyers.iter().find_map(by_code);
    let found = found.or_else(|| buyers.iter().find_map(by_list)).or_else(|| buyers.iter().find_map(by_name));
    found.unwrap_or_else(|| by_default(buyers))
}

/// The channel that the notices stand in. Notices of both channels decide nothing.
fn by_channel(notices: &[&Notice]) -> Option<Judged<Level>> {
    let stands_in = |channel: &str| notices.iter().any(|notice| is_in(notice, channel));
    match (stands_in("zygg"), stands_in("dfgg")) {
        (true, false) => Some(Judged::by(Level::Central, "channel: zygg")),
        (false, true) => Some(Judged::by(Level::Local, "channel: dfgg")),
        _ => None,
    }
}

/// Whether a section or an address has this part; slashes may be doubled.
fn is_in(notice: &Notice, channel: &str) -> bool {
    let texts = notice.section.iter().chain(&notice.url);
    texts.flat_map(|text| text.split(['/', '?', '#'])).any(|part| part == channel)
}

/// A code that was given out by an authority of the centre.
fn by_code(buyer: &Organisation) -> Option<Judged<Level>> {
    let code = buyer.credit_code.as_deref().filter(|code| uscc::is_valid(code))?;
    (code.get(2..8) == Some("100000")).then(|| Judged::by(Level::Central, "credit code: registered as 100000"))
}

fn by_list(buyer: &Organisation) -> Option<Judged<Level>> {
    let Some(Standing::Own(university)) = university::of(&buyer.name) else { return None };
    let level = if university.is_central { Level::Central } else { Level::Local };
    Some(Judged::by(level, format!("university list: {} under {}", university.name, university.department)))
}

fn by_name(buyer: &Organisation) -> Option<Judged<Level>> {
    let name = names::key(&buyer.name);
    if is_company(&name) || matches!(university::of(&name), Some(Standing::Affiliate(_))) {
        return None;
    }
    if let Some((service, _)) = VERTICAL
        .iter()
        .find(|(service, unlike)| name.contains(service) && !unlike.iter().any(|word| name.contains(word)))
    {
        return Some(Judged::by(Level::Central, format!("buyer name: {service}, a service of the centre")));
    }
    let beginning = beginning(&name)?;
    Some(Judged::by(Level::Central, format!("buyer name: begins with {beginning}")))
}

/// What a central authority's name begins with.
fn beginning(name: &str) -> Option<&'static str> {
    if NOT_CENTRAL.iter().any(|word| name.starts_with(word)) {
        return None;
    }
    if let Some((society, rest)) = EVERYWHERE.iter().find_map(|word| Some((*word, name.strip_prefix(word)?))) {
        let is_of_the_centre =
            rest.is_empty() || ["中央", "全国", "总会", "委员会"].iter().any(|word| rest.starts_with(word));
        return is_of_the_centre.then_some(society);
    }
    CENTRAL.into_iter().find(|word| name.starts_with(word)).or_else(|| {
        let rest = name.strip_prefix("中国")?;
        let is_of_a_place = region::begins_with_place(rest.strip_prefix('(').unwrap_or(rest));
        (!is_of_a_place).then_some("中国")
    })
}

fn is_company(name: &str) -> bool {
    COMPANIES.iter().any(|word| name.contains(word)) && !name.contains("人民银行")
}

fn by_default(buyers: &[Organisation]) -> Judged<Level> {
    let names: Vec<&str> = buyers.iter().map(|buyer| buyer.name.trim()).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Judged::undecided("no buyer and no channel");
    }
    if !names.iter().any(|name| name.chars().any(is_han)) {
        return Judged::undecided("no Chinese buyer");
    }
    Judged::by(Level::Local, "default: nothing names it central")
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(section: Option<&str>, url: Option<&str>) -> Notice {
        Notice { section: section.map(Into::into), url: url.map(Into::into), ..Notice::default() }
    }

    fn of(name: &str) -> (Option<Level>, String) {
        let judged = judge(&[], &[Organisation::named(name)]);
        (judged.value, judged.rule)
    }

    #[test]
    fn the_channel_decides_first_however_its_address_is_written() {
        let buyers = [Organisation::named("某县人民医院")];
        let doubled = notice(None, Some("http://www.ccgp.gov.cn/cggg/zygg//jzxcs/202206/t20220608_1.htm"));
        assert_eq!(judge(&[&doubled], &buyers), Judged::by(Level::Central, "channel: zygg"));
        let local = notice(Some("dfgg/zbgg"), None);
        let central = [Organisation::named("清华大学")];
        assert_eq!(judge(&[&Notice::default(), &local], &central), Judged::by(Level::Local, "channel: dfgg"));
        assert_eq!(judge(&[&doubled, &local], &central).rule, "university list: 清华大学 under 教育部");
        assert_eq!(judge(&[&local], &[]).value, Some(Level::Local));
    }

    #[test]
    fn a_code_of_the_national_register_is_central() {
        let coded = |name: &str, code: &str| {
            judge(&[], &[Organisation { credit_code: Some(code.into()), ..Organisation::named(name) }])
        };
        assert_eq!(coded("某中心", "12100000400000624D").rule, "credit code: registered as 100000");
        assert_eq!(coded("某中心", "12100000400000624E").rule, "default: nothing names it central");
        assert_eq!(coded("某中心", "91350100M000100Y43").value, Some(Level::Local));
    }

    #[test]
    fn names_tell_the_centre_and_its_services_from_places_and_companies() {
        for name in [
            "国家税务总局深圳市税务局",
            "大连海事大学",
            "中华人民共和国海事局",
            "上海海事局",
            "黄埔海关后勤管理中心",
            "惠州出入境边防检查站",
            "中国人民银行长春中心支行",
            "龙岩市消防救援支队",
            "青岛市气象局机关",
            "全国海关信息中心",
            "中央网络安全和信息化委员会办公室",
            "外交部机关及驻外机构服务中心",
            "中国科学院大连化学物理研究所",
            "中国国际贸易促进委员会",
            "中国共产党中央委员会宣传部",
            "最高人民法院",
            "国家金融监督管理总局北京监管局",
            "昆明铁路公安局",
            "黄河水利委员会黄河中学",
        ] {
            assert_eq!(of(name).0, Some(Level::Central), "{name}: {}", of(name).1);
        }
        for name in [
            "中国（上海）自由贸易试验区管理委员会",
            "中国杭州低碳科技馆",
            "中国共产党兴文县纪律检查委员会",
            "中国人民政治协商会议新疆维吾尔自治区委员会",
            "中国国际贸易促进委员会上海市委员会",
            "中国邮政集团有限公司娄底市分公司",
            "国家能源集团宁夏煤业有限责任公司",
            "中国农业发展银行",
            "秦皇岛市山海关区园林中心",
            "北京市地方税务局",
            "深圳市地方金融监督管理局",
            "深圳市国家气候观象台",
            "国家级经济技术开发区管理委员会",
            "中国医科大学附属第一医院",
            "吉林大学珠海学院",
            "云南能源职业技术学院",
            "武汉市财政局",
            "中央大街街道办事处",
        ] {
            assert_eq!(of(name).0, Some(Level::Local), "{name}: {}", of(name).1);
        }
    }

    #[test]
    fn without_a_buyer_or_of_another_country_nothing_is_said() {
        assert_eq!(judge(&[], &[]), Judged::undecided("no buyer and no channel"));
        assert_eq!(judge(&[&Notice::default()], &[Organisation::named(" ")]).value, None);
        assert_eq!(of("Department of Defense"), (None, "no Chinese buyer".into()));
    }
}
