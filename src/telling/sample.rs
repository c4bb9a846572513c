//! Invented digests with every kind of change, for whoever changes a template: what renders these renders what comes. The names
//! in them are nobody's.

use jiff::civil::{Time, date, datetime};
use jiff::{SignedDuration, Timestamp};

use crate::domain::amount::{Amount, Claim};
use crate::domain::change::{Change, ChangeKind, FieldChange, StoredChange, Telling};
use crate::domain::digest::{Closing, Digest, FigureLine, GrowthLine, Item, Mover, NearMiss, Occasion, SourceHealth};
use crate::domain::money::Money;
use crate::domain::notice::{LotStatus, Method};
use crate::domain::organisation::Organisation;
use crate::domain::project::{NoticeId, Project, ProjectId, ProjectLot, Status};
use crate::domain::stamp::Stamp;
use crate::domain::subscription::{Frequency, Language};

/// Every occasion, the news with every kind of change.
#[must_use]
pub fn digests(language: Language) -> Vec<Digest> {
    let occasions =
        [Occasion::News, Occasion::Quiet, Occasion::Summary, Occasion::Reminder, Occasion::NearMisses, Occasion::Test];
    occasions.into_iter().map(|occasion| digest(language, occasion)).collect()
}

/// One of them.
#[must_use]
pub fn digest(language: Language, occasion: Occasion) -> Digest {
    let now = instant();
    let is_news = occasion == Occasion::News;
    let has_figures = matches!(occasion, Occasion::News | Occasion::Quiet | Occasion::Summary);
    Digest {
        id: "g_00000000000000000000000000000000".into(),
        subscription: "morning".into(),
        topic: "blockchain".into(),
        language,
        frequency: Frequency::Daily { at: Time::midnight() },
        composed_at: now,
        day: date(2019, 9, 24),
        items: if is_news {
            ChangeKind::ALL.into_iter().zip(1..).map(|(kind, seq)| item(kind, seq)).collect()
        } else {
            Vec::new()
        },
        figures: if has_figures { figures() } else { Vec::new() },
        counts: if has_figures { vec![("tendering".into(), 9), ("awarded".into(), 48)] } else { Vec::new() },
        closing: if matches!(occasion, Occasion::Test | Occasion::Quiet) { Vec::new() } else { vec![closing()] },
        sources: vec![
            SourceHealth { source: "ccgp".into(), healthy_at: Some(now), failing_since: None },
            SourceHealth { source: "portal".into(), healthy_at: None, failing_since: Some(now) },
        ],
        occasion,
        latest: if occasion == Occasion::Summary { vec![item(ChangeKind::Awarded, 90)] } else { Vec::new() },
        near_misses: if matches!(occasion, Occasion::News | Occasion::NearMisses) {
            vec![near_miss()]
        } else {
            Vec::new()
        },
        charts: Vec::new(),
        base_url: is_news.then(|| "https://tenders.example.org".into()),
    }
}

fn instant() -> Timestamp {
    Timestamp::from_second(1_569_285_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn stamp(day: i8, hour: i8) -> Option<Stamp> {
    Stamp::china(datetime(2019, 9, day, hour, 30, 0, 0))
}

fn moved(field: &str, old: Option<&str>, new: Option<&str>) -> FieldChange {
    FieldChange { field: field.into(), old: old.map(Into::into), new: new.map(Into::into) }
}

/// What a change of this kind may say moved.
fn fields(kind: ChangeKind) -> Vec<FieldChange> {
    match kind {
        ChangeKind::Corrected => vec![
            moved("deadline", Some("2019-09-25 09:30"), Some("2019-09-30 14:00")),
            moved("budget", Some("¥3,200,000"), None),
        ],
        ChangeKind::AwardCorrected => vec![moved("award", None, Some("1: ¥50,000; 2: -"))],
        ChangeKind::Shifted => vec![
            moved("supplier", None, Some("示例科技有限公司")),
            moved("first_win", None, Some("2019-09-23")),
            moved("incumbent_displaced", Some("旧例科技有限公司"), Some("示例科技有限公司")),
        ],
        ChangeKind::TotalPassedMilestone => {
            vec![
                moved("award", Some("¥98,000,000"), Some("¥125,080,000")),
                moved("milestone", None, Some("¥100,000,000")),
            ]
        }
        ChangeKind::RecordBroken => vec![moved("budget", Some("¥28,500,000"), Some("¥190,000,000"))],
        ChangeKind::Restated => vec![moved("award", Some("¥1,000,000 / ¥1,100,000"), Some("¥1,000,000"))],
        ChangeKind::Failed => vec![moved("reason", None, Some("有效供应商不足三家"))],
        _ => Vec::new(),
    }
}

fn item(kind: ChangeKind, seq: i64) -> Item {
    let project = project();
    let is_trouble = kind.audience() == crate::domain::change::Audience::Operator;
    Item {
        stored: StoredChange {
            seq,
            change: Change {
                kind,
                project: (!is_trouble).then_some(ProjectId(41)),
                notice: (!is_trouble).then(|| NoticeId { source: "ccgp".into(), native_id: "12800001".into() }),
                source: Some("ccgp".into()),
                topic: Some("blockchain".into()),
                fields: fields(kind),
                reason: if is_trouble { "search answered 403".into() } else { String::new() },
                published_at: if is_trouble { None } else { stamp(23, 17) },
                seen_at: instant(),
                telling: Telling::News,
            },
        },
        url: (!is_trouble).then(|| "https://www.example.org/t20190923_12800001.htm".into()),
        notice_title: (!is_trouble).then(|| "示例公告".into()),
        told_at: instant().checked_sub(SignedDuration::from_hours(24 * 7)).ok(),
        project: (!is_trouble).then_some((ProjectId(41), project)),
    }
}

fn project() -> Project {
    let lot = |label: &str, award: Amount, suppliers: &[&str]| ProjectLot {
        label: Some(label.into()),
        title: None,
        status: LotStatus::Awarded,
        award,
        suppliers: suppliers.iter().copied().map(Organisation::named).collect(),
        joint: suppliers.len() > 1,
    };
    Project {
        title: "示例平台建设项目".into(),
        status: Status::Awarded,
        buyers: vec![Organisation::named("示例市政务服务管理局")],
        method: Some(Method::Open),
        first_on: Some(date(2019, 8, 7)),
        deadline_at: stamp(30, 9),
        budget: Amount::disclosed(Money::yuan(28_500_000), "summary"),
        award: Amount::Conflict(vec![
            Claim { money: Money::yuan(27_080_000), place: "summary".into() },
            Claim { money: Money::yuan(27_800_000), place: "body".into() },
        ]),
        contract: Amount::Unparsed { text: "详见附件".into() },
        lots: vec![
            lot("1", Amount::disclosed(Money::yuan(20_000_000), "summary"), &["示例科技有限公司"]),
            lot("2", Amount::Undisclosed, &["示例网络有限公司", "示例大学"]),
            ProjectLot { label: Some("3".into()), status: LotStatus::Failed, ..ProjectLot::default() },
        ],
        rounds: 2,
        notices: 2,
        ..Project::default()
    }
}

fn figures() -> Vec<FigureLine> {
    let line = |kind: &str, moved, growth| FigureLine {
        kind: kind.into(),
        sum: Money::yuan(190_036_000),
        disclosed: 48,
        of: 57,
        moved,
        movers: vec![Mover {
            project: ProjectId(41), title: "示例平台建设项目".into(), moved: 285_000_000_000
        }],
        growth,
    };
    vec![
        line("budget", 100_000_000_000, GrowthLine::Tenths(4_530)),
        line("award", -12_000_000_000, GrowthLine::Tenths(-123)),
        line("topic_part", 0, GrowthLine::NotComputable("too_early".into())),
    ]
}

fn closing() -> Closing {
    Closing {
        project: ProjectId(46),
        title: "示例登记平台（第二次）".into(),
        deadline_at: stamp(25, 9).unwrap_or(Stamp { at: instant(), offset: Stamp::CHINA }),
        url: Some("https://www.example.org/t20190923_12800002.htm".into()),
    }
}

fn near_miss() -> NearMiss {
    NearMiss {
        project: ProjectId(99),
        title: "示例数据中心运维项目".into(),
        term: "区块链".into(),
        field: "requirement".into(),
        sentence: "供应商应了解区块链等新技术。".into(),
        url: Some("https://www.example.org/t20190923_12800003.htm".into()),
    }
}
