//! Whole digests against whole artefacts in `tests/fixtures/digests`: subject and text, HTML, chat blocks, JSON. Run with
//! `TENDERWATCH_BLESS=1` to write them anew, then read the difference before you commit it.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::{Date, date, datetime, time};
use tenderwatch::domain::amount::{Amount, Claim};
use tenderwatch::domain::change::{Change, ChangeKind, FieldChange, StoredChange, Telling};
use tenderwatch::domain::digest::{
    Closing, Digest, FigureLine, GrowthLine, ID_MARK, Item, MANAGE_MARK, Message, Mover, NAME_MARK, NearMiss, Occasion,
    SourceHealth,
};
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{LotStatus, Method};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{NoticeId, Project, ProjectId, ProjectLot, Status};
use tenderwatch::domain::region::Region;
use tenderwatch::domain::rich::{Block, Span};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::subscription::{Frequency, Language};
use tenderwatch::telling::{self, TellingError, Templates};

const DAY: Date = date(2019, 9, 24);

/// With the templates as they are shipped.
fn render(digest: &Digest) -> Result<Message, TellingError> {
    telling::render(&Templates::built_in().unwrap(), digest)
}

fn render_test(digest: &Digest) -> Result<Message, TellingError> {
    telling::render_test(&Templates::built_in().unwrap(), digest)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stamp(month: i8, day: i8, hour: i8, minute: i8) -> Stamp {
    Stamp::china(datetime(2019, month, day, hour, minute, 0, 0)).unwrap()
}

fn yuan(units: i64) -> Amount {
    Amount::disclosed(Money::yuan(units), "summary")
}

fn region(text: &str) -> Region {
    Region { text: Some(text.into()), province: None, by: None }
}

fn project(title: &str, buyer: &str, place: &str) -> Project {
    Project {
        title: title.into(),
        buyers: vec![Organisation::named(buyer)],
        region: region(place),
        method: Some(Method::Open),
        first_on: Some(date(2019, 8, 7)),
        award: Amount::NotApplicable,
        contract: Amount::NotApplicable,
        rounds: 1,
        notices: 2,
        ..Project::default()
    }
}

fn lot(label: Option<&str>, award: Amount, suppliers: &[&str]) -> ProjectLot {
    ProjectLot {
        label: label.map(Into::into),
        title: None,
        status: LotStatus::Awarded,
        award,
        suppliers: suppliers.iter().copied().map(Organisation::named).collect(),
        joint: suppliers.len() > 1,
    }
}

fn change(kind: ChangeKind, seq: i64, project: i64) -> StoredChange {
    StoredChange {
        seq,
        change: Change {
            kind,
            project: Some(ProjectId(project)),
            notice: Some(NoticeId { source: "ccgp".into(), native_id: format!("1280{seq}") }),
            source: Some("ccgp".into()),
            topic: Some("blockchain".into()),
            fields: Vec::new(),
            reason: String::new(),
            published_at: Some(stamp(9, 23, 17, 20)),
            seen_at: at("2019-09-23T10:02:00Z"),
            telling: Telling::News,
        },
    }
}

fn item(kind: ChangeKind, seq: i64, id: i64, project: Project) -> Item {
    Item {
        stored: change(kind, seq, id),
        notice_title: Some(format!("{}公告", project.title)),
        project: Some((ProjectId(id), project)),
        url: Some(format!("http://www.ccgp.gov.cn/cggg/dfgg/zbgg/201909/t20190923_1280{seq}.htm")),
        told_at: None,
    }
}

fn moved(field: &str, old: Option<&str>, new: Option<&str>) -> FieldChange {
    FieldChange { field: field.into(), old: old.map(Into::into), new: new.map(Into::into) }
}

fn haidian() -> Item {
    let mut project = project("海淀区“一网通办”平台建设项目", "北京市海淀区政务服务管理局", "北京市海淀区");
    project.status = Status::Awarded;
    project.budget = yuan(28_500_000);
    project.award = yuan(27_080_000);
    project.lots = vec![
        lot(Some("1"), yuan(20_000_000), &["太极计算机股份有限公司"]),
        lot(Some("2"), yuan(7_080_000), &["联动优势科技有限公司", "北京邮电大学"]),
        ProjectLot { label: Some("3".into()), status: LotStatus::Failed, ..ProjectLot::default() },
    ];
    item(ChangeKind::Awarded, 101, 41, project)
}

fn lottery() -> Item {
    let mut project = project("电子即开型彩票区块链应用研究项目", "中国福利彩票发行管理中心", "北京市");
    project.status = Status::Awarded;
    project.budget = Amount::Undisclosed;
    project.award = Amount::Conflict(vec![
        Claim { money: Money::yuan(1_234_567), place: "summary".into() },
        Claim { money: Money::yuan(1_243_567), place: "body".into() },
    ]);
    project.lots = vec![lot(None, Amount::Undisclosed, &["国家计算机网络与信息安全管理中心"])];
    let mut item = item(ChangeKind::Awarded, 102, 42, project);
    item.notice_title = Some("中国福利彩票发行管理中心电子彩票研究成交公告".into());
    item
}

fn customs() -> Item {
    let mut project = project("区块链技术在跨境贸易中的应用咨询服务", "全国海关信息中心", "北京市");
    project.status = Status::Tendering;
    project.budget = Amount::disclosed(Money::cny(9_999_999_990), "body");
    project.deadline_at = Some(stamp(10, 15, 9, 30));
    project.method = Some(Method::Consultation);
    item(ChangeKind::TenderPublished, 103, 43, project)
}

fn gansu() -> Item {
    let mut project = project("甘肃省导游服务及旅游商品可信平台", "甘肃省旅游发展委员会", "甘肃省");
    project.status = Status::Tendering;
    project.budget = yuan(3_600_000);
    project.deadline_at = Some(stamp(9, 30, 14, 0));
    let mut item = item(ChangeKind::Corrected, 104, 17, project);
    item.told_at = Some(at("2019-09-03T00:30:00Z"));
    item.stored.change.fields = vec![
        moved("deadline", Some("2019-09-25 09:30"), Some("2019-09-30 14:00")),
        moved("budget", Some("¥3,200,000"), Some("¥3,600,000")),
        moved("开标地点", Some("101室"), Some("202室")),
    ];
    item
}

fn untold_correction() -> Item {
    let mut project = project("供应链金融服务平台（一期）", "山东省港口集团有限公司", "山东省");
    project.status = Status::Tendering;
    project.budget = Amount::Unparsed { text: "详见采购需求".into() };
    let mut item = item(ChangeKind::Corrected, 105, 44, project);
    item.stored.change.fields = vec![
        moved("budget", Some("¥1,000,000 / ¥1,100,000"), None),
        moved("award", Some("1: ¥50,000; 2: -"), Some("0")),
        moved("开标地点", Some("101室"), Some("202室")),
        moved("title", Some("供应链金融服务平台"), Some("供应链金融服务平台（一期）")),
    ];
    item
}

fn failed() -> Item {
    let mut project = project("电子证照共享系统区块链改造", "吉林省政务服务和数字化建设管理局", "吉林省");
    project.status = Status::Failed;
    project.budget = yuan(8_888);
    let mut item = item(ChangeKind::Failed, 106, 45, project);
    item.stored.change.reason = "failed: 电子证照共享系统区块链改造废标公告".into();
    item.stored.change.fields =
        vec![moved("status", Some("tendering"), Some("failed")), moved("reason", None, Some("有效供应商不足三家"))];
    item
}

fn retendered() -> Item {
    let mut project = project("不动产登记区块链平台（第二次）", "广西壮族自治区自然资源厅", "广西");
    project.status = Status::Tendering;
    project.budget = yuan(190_000_000);
    project.deadline_at = Some(stamp(9, 25, 9, 0));
    project.rounds = 2;
    item(ChangeKind::Retendered, 107, 46, project)
}

fn withdrawn() -> Item {
    let mut project = project("农产品溯源平台", "黑龙江省农业农村厅", "黑龙江省");
    project.status = Status::Withdrawn;
    let mut item = item(ChangeKind::Withdrawn, 108, 47, project);
    item.told_at = Some(at("2018-12-28T02:00:00Z"));
    item.stored.change.fields =
        vec![moved("status", Some("tendering"), Some("withdrawn")), moved("notice", Some("农产品溯源平台公告"), None)];
    item
}

fn milestone() -> Item {
    let mut item = haidian();
    item.stored = change(ChangeKind::TotalPassedMilestone, 109, 41);
    item.stored.change.reason = "a total passed a round figure".into();
    item.stored.change.fields =
        vec![moved("award", Some("¥98,000,000"), Some("¥125,080,000")), moved("milestone", None, Some("¥100,000,000"))];
    item
}

fn record() -> Item {
    let mut item = retendered();
    item.stored = change(ChangeKind::RecordBroken, 110, 46);
    item.stored.change.fields = vec![moved("budget", Some("¥28,500,000"), Some("¥190,000,000"))];
    item
}

fn figures() -> Vec<FigureLine> {
    let mover = |project, title: &str, units: i64| Mover {
        project: ProjectId(project),
        title: title.into(),
        moved: units * 10_000,
    };
    let line = |kind: &str, sum, disclosed, moved, growth| FigureLine {
        kind: kind.into(),
        sum,
        disclosed,
        of: 57,
        moved,
        movers: match kind {
            "budget" => vec![
                mover(46, "不动产登记区块链平台（第二次）", 8_000_000),
                mover(43, "区块链技术在跨境贸易中的应用咨询服务", 1_000_000),
            ],
            "award" => vec![mover(42, "电子即开型彩票区块链应用研究项目", -1_200_000)],
            _ => Vec::new(),
        },
        growth,
    };
    vec![
        line("budget", Money::yuan(190_036_000), 48, 10_000_000 * 10_000, GrowthLine::Tenths(4_530)),
        line("award", Money::cny(1_301_234_567_800), 44, -1_200_000 * 10_000, GrowthLine::Tenths(-123)),
        line("topic_part", Money::yuan(52_000_000), 21, 0, GrowthLine::NotComputable("too_early".into())),
    ]
}

fn digest(items: Vec<Item>, language: Language) -> Digest {
    Digest {
        id: "daily-108".into(),
        subscription: "每日摘要".into(),
        topic: "blockchain".into(),
        language,
        frequency: Frequency::Daily { at: time(8, 30, 0, 0) },
        composed_at: at("2019-09-24T00:30:00Z"),
        day: DAY,
        items,
        figures: figures(),
        counts: vec![("tendering".into(), 9), ("awarded".into(), 40), ("contracted".into(), 8)],
        closing: vec![
            Closing {
                project: ProjectId(46),
                title: "不动产登记区块链平台（第二次）".into(),
                deadline_at: stamp(9, 25, 9, 0),
                url: Some("http://www.ccgp.gov.cn/cggg/dfgg/gkzb/201909/t20190923_1280107.htm".into()),
            },
            Closing {
                project: ProjectId(17),
                title: "甘肃省导游服务及旅游商品可信平台".into(),
                deadline_at: stamp(9, 30, 14, 0),
                url: None,
            },
        ],
        sources: vec![
            SourceHealth { source: "ccgp".into(), healthy_at: Some(at("2019-09-24T00:21:00Z")), failing_since: None },
            SourceHealth {
                source: "purchase_service".into(),
                healthy_at: Some(at("2019-09-22T22:00:00Z")),
                failing_since: Some(at("2019-09-22T23:05:00Z")),
            },
        ],
        occasion: Occasion::News,
        latest: Vec::new(),
        near_misses: Vec::new(),
        charts: Vec::new(),
        base_url: None,
    }
}

fn daily(language: Language) -> Digest {
    let mut items =
        vec![customs(), retendered(), gansu(), untold_correction(), haidian(), lottery(), failed(), withdrawn()];
    items.extend([record(), milestone()]);
    let mut digest = digest(items, language);
    if language == Language::En {
        digest.subscription = "daily".into();
    }
    digest
}

/// A supplier that was never seen before, beside the award that it won.
fn first_win(language: Language) -> Digest {
    let mut shift = haidian();
    shift.stored = change(ChangeKind::Shifted, 111, 41);
    shift.stored.change.fields = vec![
        moved("supplier", None, Some("太极计算机股份有限公司")),
        moved("first_win", None, Some("2019-09-23")),
        moved("supplier", None, Some("北京邮电大学")),
        moved("first_in_region", None, Some("110000")),
    ];
    let mut digest = digest(vec![haidian(), lottery(), shift], language);
    digest.base_url = Some("https://tenders.example.org".into());
    digest.near_misses = vec![near_miss()];
    digest
}

fn near_miss() -> NearMiss {
    NearMiss {
        project: ProjectId(99),
        title: "市级数据中心机房运维服务".into(),
        term: "区块链".into(),
        field: "requirement".into(),
        sentence: "供应商应了解区块链、人工智能等新技术的发展。".into(),
        url: Some("http://www.ccgp.gov.cn/cggg/dfgg/gkzb/201909/t20190923_1280199.htm".into()),
    }
}

/// A message that is no news.
fn besides(occasion: Occasion, language: Language) -> Digest {
    let mut digest = digest(Vec::new(), language);
    digest.occasion = occasion;
    match occasion {
        Occasion::Summary => digest.latest = vec![haidian(), lottery()],
        Occasion::NearMisses => digest.near_misses = vec![near_miss()],
        _ => {}
    }
    if occasion != Occasion::Summary {
        digest.figures.clear();
        digest.counts.clear();
    }
    if occasion == Occasion::NearMisses {
        digest.closing.clear();
    }
    digest
}

fn troubles(language: Language) -> Digest {
    let trouble = |kind, seq, source: &str, reason: &str| {
        let mut stored = change(kind, seq, 0);
        stored.change.project = None;
        stored.change.notice = None;
        stored.change.published_at = None;
        stored.change.source = Some(source.into());
        stored.change.reason = reason.into();
        Item { stored, project: None, url: None, notice_title: None, told_at: None }
    };
    let items = vec![
        trouble(ChangeKind::SourceFailing, 7, "purchase_service", "search answered 403 five times in a row"),
        trouble(ChangeKind::SourceRecovered, 8, "ccgp", ""),
    ];
    let mut digest = digest(items, language);
    digest.id = "operator-8".into();
    digest.subscription = "operator".into();
    digest.frequency = Frequency::Immediate;
    digest.topic = String::new();
    digest.figures.clear();
    digest.counts.clear();
    digest.closing.clear();
    digest
}

fn hostile() -> Digest {
    let mut project = project(
        "区块链<script>alert(1)</script>[点我](javascript:alert(1)) **粗** \u{202e}反写\u{7} <at id=all></at>",
        "\"><img src=x onerror=alert(1)>公司",
        "北京|市",
    );
    project.status = Status::Awarded;
    project.award = Amount::Unparsed { text: "<b>一百万</b>".into() };
    project.lots = vec![lot(Some("1*"), Amount::Undisclosed, &["{{ 7*7 }}有限公司", &"很长".repeat(200)])];
    let mut item = item(ChangeKind::Awarded, 9, 9, project);
    item.url = Some("javascript:alert(1)".into());
    item.notice_title = Some("标题".repeat(300));
    let mut digest = digest(vec![item], Language::Zh);
    digest.closing.clear();
    digest.figures.clear();
    digest
}

fn check(name: &str, digest: &Digest) -> Message {
    let message = render(digest).unwrap();
    assert_eq!(render(digest).unwrap(), message, "the same digest gives the same message");
    kept(name, &message);
    message
}

/// Every form of the message against the kept one.
fn kept(name: &str, message: &Message) {
    let json: serde_json::Value = serde_json::from_str(&message.json).unwrap();
    golden(name, "txt", &format!("{}\n\n{}", message.subject, message.text));
    golden(name, "html", &message.html);
    golden(name, "md", &(chat(message, "\n\n----\n\n") + "\n"));
    golden(name, "json", &(serde_json::to_string_pretty(&json).unwrap() + "\n"));
}

/// What is only text shows its marks as numeric references, so that nobody takes it for emphasis or a link.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if "&<>*_~`[]\\#!|".contains(character) {
            write!(out, "&#{};", u32::from(character)).unwrap();
        } else {
            out.push(character);
        }
    }
    out
}

/// The chat form as people read it in a file.
fn chat(message: &Message, between: &str) -> String {
    let written = |block: &Block| {
        block.written(|span| match span {
            Span::Text(text) => escaped(text),
            Span::Strong(text) => format!("**{}**", escaped(text)),
            Span::Code(text) => format!("`{}`", escaped(text)),
            Span::Link { text, url } => format!("[{}]({url})", escaped(text)),
        })
    };
    message.blocks.iter().map(written).collect::<Vec<_>>().join(between)
}

fn golden(name: &str, kind: &str, now: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/digests");
    let path = folder.join(format!("{name}.{kind}"));
    if std::env::var_os("TENDERWATCH_BLESS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "{} differs; now it is:\n{now}", path.display());
}

#[test]
fn a_daily_digest_reads_well_in_both_languages() {
    let message = check("daily_zh", &daily(Language::Zh));
    assert!(message.text.contains("此前（9月3日）告知您"), "{}", message.text);
    let message = check("daily_en", &daily(Language::En));
    assert!(message.text.contains("You were told on 3 Sep"), "{}", message.text);
}

#[test]
fn one_award_is_told_in_the_subject() {
    let mut zh = digest(vec![haidian()], Language::Zh);
    zh.frequency = Frequency::Immediate;
    let message = check("award_zh", &zh);
    assert_eq!(message.subject, "1 项区块链中标，2,708 万元：海淀区“一网通办”平台建设项目");
    let mut en = digest(vec![haidian()], Language::En);
    en.frequency = Frequency::Immediate;
    let message = check("award_en", &en);
    assert_eq!(message.subject, "1 new blockchain award, ¥27.1M: 海淀区“一网通办”平台建设项目");
}

#[test]
fn two_awards_of_one_project_are_counted_and_summed_once() {
    let mut second = haidian();
    second.stored.seq = 110;
    let message = render(&digest(vec![haidian(), second], Language::Zh)).unwrap();
    assert!(message.subject.starts_with("1 项区块链中标，2,708 万元"), "{}", message.subject);
}

#[test]
fn a_first_win_is_said_by_name_in_the_subject() {
    let message = check("first_zh", &first_win(Language::Zh));
    assert_eq!(message.subject, "2 项区块链中标，已披露 2,708 万元；太极计算机股份有限公司首次中标");
    let message = check("first_en", &first_win(Language::En));
    assert_eq!(message.subject, "2 new blockchain awards, ¥27.1M disclosed; first win for 太极计算机股份有限公司");
    let mut two = first_win(Language::En);
    two.items[2].stored.change.fields.push(moved("supplier", None, Some("联动优势科技有限公司")));
    two.items[2].stored.change.fields.push(moved("first_win", None, Some("2019-09-23")));
    let subject = render(&two).unwrap().subject;
    assert!(subject.ends_with("first wins for 太极计算机股份有限公司 and 1 other"), "{subject}");
}

#[test]
fn where_there_are_pages_of_our_own_mails_lead_to_them_and_to_their_own_end() {
    let message = render(&first_win(Language::En)).unwrap();
    for form in [&message.text, &message.html] {
        assert!(form.contains("https://tenders.example.org/projects/41"), "{form}");
        assert_eq!(form.matches(MANAGE_MARK).count(), 1, "{form}");
        assert!(!form.contains("tenderwatch project show"), "{form}");
    }
    assert!(!chat(&message, "").contains(MANAGE_MARK), "a room cannot be managed by whoever reads it");
    assert!(!message.json.contains(MANAGE_MARK));
    let mut forged = first_win(Language::En);
    forged.base_url = None;
    forged.items[0].project.as_mut().unwrap().1.title = format!("x{MANAGE_MARK}y");
    let message = render(&forged).unwrap();
    assert!(!message.text.contains(MANAGE_MARK) && !message.html.contains(MANAGE_MARK), "nobody else writes a mark");
}

#[test]
fn what_is_no_news_says_what_it_is() {
    for (occasion, zh, en) in [
        (
            Occasion::Summary,
            "区块链采购现状：共 57 个项目，9 个正在招标",
            "Where blockchain procurement stands: 57 projects, 9 open for tenders",
        ),
        (
            Occasion::Reminder,
            "2 项区块链招标即将截止，最早9月25日",
            "2 blockchain tenders closing soon, the first on 25 Sep",
        ),
        (
            Occasion::NearMisses,
            "区块链暂无新变化；近一周有 1 个项目提及而未推送",
            "No blockchain news; 1 project of the last week only mentions it",
        ),
    ] {
        let name = occasion.word();
        assert_eq!(check(&format!("{name}_zh"), &besides(occasion, Language::Zh)).subject, zh);
        assert_eq!(check(&format!("{name}_en"), &besides(occasion, Language::En)).subject, en);
    }
}

#[test]
fn a_message_for_many_becomes_each_ones_own() {
    let mut own = daily(Language::Zh);
    own.subscription = "s_0123456789abcdef".into();
    own.id = "g_1".into();
    let mut shared = own.clone();
    shared.subscription = NAME_MARK.into();
    shared.id = ID_MARK.into();
    let message = telling::addressed(&render(&shared).unwrap(), &own.subscription, &own.id);
    assert_eq!(message, render(&own).unwrap());
}

#[test]
fn troubles_read_as_troubles() {
    check("operator_zh", &troubles(Language::Zh));
    check("operator_en", &troubles(Language::En));
}

#[test]
fn a_quiet_day_says_so() {
    let message = check("quiet_zh", &digest(Vec::new(), Language::Zh));
    assert_eq!(message.subject, "区块链暂无新变化");
    check("quiet_en", &digest(Vec::new(), Language::En));
}

#[test]
fn a_test_message_says_that_it_is_one_and_not_that_there_is_no_news() {
    let empty = |language| Digest {
        figures: Vec::new(),
        counts: Vec::new(),
        closing: Vec::new(),
        sources: Vec::new(),
        ..digest(Vec::new(), language)
    };
    let zh = render_test(&empty(Language::Zh)).unwrap();
    kept("test_zh", &zh);
    let en = render_test(&empty(Language::En)).unwrap();
    kept("test_en", &en);
    assert!(zh.subject.starts_with("测试消息") && en.subject.starts_with("Test message"));
    for message in [&zh, &en] {
        let told = format!("{}{}{}{}", message.subject, message.text, message.html, chat(message, ""));
        assert!(!told.contains("暂无新变化") && !told.contains("since the last digest"), "{told}");
        assert!(message.json.contains(r#""type":"test""#), "{}", message.json);
    }
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let message = check("hostile_zh", &hostile());
    let chat = chat(&message, "\n");
    for bad in ["<script", "<img", "javascript:alert(1)\"", "<at id", "\u{202e}", "\u{7}", "<b>"] {
        assert!(!message.html.contains(bad), "HTML holds {bad:?}");
        assert!(!chat.contains(bad), "chat holds {bad:?}");
    }
    assert!(!chat.contains("](javascript"), "{chat}");
    assert!(!message.text.contains(['\u{202e}', '\u{7}']));
    assert!(message.blocks.iter().all(|block| block.plain().chars().count() < 3_000));
}

#[test]
fn a_message_of_every_kind_of_change_renders() {
    for language in [Language::Zh, Language::En] {
        for kind in ChangeKind::ALL {
            let mut item = haidian();
            item.stored.change.kind = kind;
            let message = render(&digest(vec![item], language)).unwrap();
            let told = format!("{}{}{}", message.subject, message.text, chat(&message, ""));
            let bare = language == Language::Zh || kind.word().contains('_');
            assert!(!(bare && told.contains(kind.word())), "{} has no words: {told}", kind.word());
        }
    }
}

/// Every key of an object, at any depth, except those of `counts`, which are statuses.
fn keys(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                found.insert(key.clone());
                if key != "counts" {
                    keys(value, found);
                }
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_json_is_promised_in_its_document() {
    let document = include_str!("../../docs/webhook.md");
    let mut found = std::collections::BTreeSet::new();
    let besides = besides(Occasion::Summary, Language::Zh);
    for digest in [daily(Language::Zh), troubles(Language::Zh), first_win(Language::Zh), besides] {
        keys(&serde_json::from_str(&render(&digest).unwrap().json).unwrap(), &mut found);
    }
    for key in &found {
        assert!(document.contains(&format!("`{key}`")) || document.contains(&format!("\"{key}\"")), "{key}");
    }
    for kind in ChangeKind::ALL {
        assert!(document.contains(&format!("`{}`", kind.word())), "{}", kind.word());
    }
}
