//! What the store promises: nothing is lost, nothing is counted twice, history only grows, a delivery keeps its id. One file per
//! question; here is what they speak of.

mod audits;

mod doors;

mod listings;

mod notices;

mod parties;

mod filings;

mod wins;

mod projects;

mod settling;

mod shifting;

mod sources;

mod telling;

use jiff::Timestamp;
use jiff::civil::{date, datetime};
use tempfile::TempDir;
use tenderwatch::domain::amount::Amount;
use tenderwatch::domain::change::{Change, ChangeKind, Telling};
use tenderwatch::domain::delivery::DeliveryId;
use tenderwatch::domain::money::Money;
use tenderwatch::domain::notice::{
    Amendment, Candidate, Dates, Evidence, Item, Lot, LotStatus, Method, Notice, NoticeKind, Reference,
};
use tenderwatch::domain::organisation::Organisation;
use tenderwatch::domain::project::{NoticeId, Project, ProjectId, ProjectLot, Status};
use tenderwatch::domain::reading::Row;
use tenderwatch::domain::region::{Region, RegionBy};
use tenderwatch::domain::stamp::Stamp;
use tenderwatch::domain::topic::{Relevance, TopicEvidence, Weight};
use tenderwatch::figures::totals::{Contribution, FigureKind};
use tenderwatch::store::deliveries::{DigestRow, NewDelivery};
use tenderwatch::store::notices::{FreshNotice, Put};
use tenderwatch::store::{Settings, Store, StoreError, Writer};

pub(super) type Done<T = ()> = Result<T, StoreError>;

const SOURCE: &str = "ccgp";
const TOPIC: &str = "blockchain";

pub(super) fn now() -> Timestamp {
    "2019-09-23T08:00:00Z".parse().unwrap()
}

pub(super) fn later(seconds: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

pub(super) fn stamp(day: i8) -> Stamp {
    Stamp::china(datetime(2019, 9, day, 17, 20, 0, 0)).unwrap()
}

pub(super) fn id(native_id: &str) -> NoticeId {
    NoticeId { source: SOURCE.into(), native_id: native_id.into() }
}

pub(super) fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Settings { path: folder.path().join("tenderwatch.db") }, now()).unwrap();
    (folder, store)
}

pub(super) fn waiting(deliveries: &[NewDelivery]) -> (TempDir, Store) {
    let (folder, store) = fresh();
    store.write(|w| w.put_digest(&digest("g", "daily", 0), &[], deliveries)).unwrap();
    (folder, store)
}

pub(super) fn row(native_id: &str, day: i8) -> Row {
    Row {
        native_id: Some(native_id.into()),
        url: Some(format!("http://www.ccgp.gov.cn/{native_id}.htm")),
        title: format!("公告{native_id}"),
        published_at: Some(stamp(day)),
        ..Row::default()
    }
}

pub(super) fn tender(native_id: &str, day: i8, yuan: i64) -> Notice {
    Notice {
        native_id: Some(native_id.into()),
        url: Some(format!("http://www.ccgp.gov.cn/{native_id}.htm")),
        kind: NoticeKind::Tender,
        title: "区块链平台招标公告".into(),
        published_at: Some(stamp(day)),
        buyers: vec![Organisation::named("某市教育局")],
        project_numbers: vec!["ZB2019-001".into()],
        budget: Amount::disclosed(Money::yuan(yuan), "summary"),
        award: Amount::NotApplicable,
        relevance: Relevance { weight: Weight::Subject, evidence: vec![] },
        ..Notice::default()
    }
}

pub(super) fn put(w: &Writer<'_>, native_id: &str, notice: &Notice, next_visit_at: Option<Timestamp>) -> Done<Put> {
    let body_hash = w.keep_body(notice.title.as_bytes(), now())?;
    let content_hash = format!("{:?}", notice.budget);
    let fresh = FreshNotice {
        notice,
        content_hash: &content_hash,
        body_hash: &body_hash,
        reader_version: 1,
        problems: &[],
        next_visit_at,
    };
    w.put_notice(&id(native_id), &fresh, now())
}

pub(super) fn settled(w: &Writer<'_>, native_id: &str, notice: &Notice) -> Done<ProjectId> {
    put(w, native_id, notice, None)?;
    let project = w.new_project(now())?;
    w.link(&id(native_id), project, "new", "certain", now())?;
    Ok(project)
}

pub(super) fn contribution(year: i16, month: i8, status: Status, budget_yuan: Option<i64>) -> Contribution {
    Contribution {
        year,
        month,
        status,
        sums: [(FigureKind::Budget, budget_yuan.map(Money::yuan))].into(),
        ..Contribution::default()
    }
}

pub(super) fn digest(id: &str, subscription: &str, to_seq: i64) -> DigestRow {
    DigestRow {
        id: id.into(),
        subscription: subscription.into(),
        composed_at: now(),
        from_seq: 0,
        to_seq,
        message_json: "{}".into(),
    }
}

pub(super) fn delivery(id: &str, receiver: &str, part: u32) -> NewDelivery {
    NewDelivery {
        id: DeliveryId(id.into()),
        channel: "mail".into(),
        receiver: receiver.into(),
        part,
        payload: b"bytes".to_vec(),
        thread: None,
    }
}

pub(super) fn change_of_nothing() -> Change {
    Change {
        kind: ChangeKind::SourceSilent,
        project: None,
        notice: None,
        source: Some(SOURCE.into()),
        topic: None,
        fields: vec![],
        reason: "silent".into(),
        published_at: None,
        seen_at: now(),
        telling: Telling::News,
    }
}

pub(super) fn change_of(project: ProjectId) -> Change {
    Change { kind: ChangeKind::TenderPublished, project: Some(project), ..change_of_nothing() }
}

/// Every field filled, every state of an amount present.
pub(super) fn rich_notice() -> Notice {
    let organisation = Organisation {
        name: "某公司".into(),
        credit_code: Some("91350100M000100Y43".into()),
        address: Some("福州".into()),
    };
    let claim = tenderwatch::domain::amount::Claim { money: Money::yuan(3), place: "body".into() };
    let lot = Lot {
        label: Some("1".into()),
        title: Some("包一".into()),
        status: LotStatus::Awarded,
        budget: Amount::Zero,
        award: Amount::Conflict(vec![claim]),
        suppliers: vec![organisation.clone()],
        joint: true,
    };
    Notice {
        native_id: Some("1".into()),
        revision_id: Some("r".into()),
        url: Some("http://x/1".into()),
        section: Some("dfgg/zbgg".into()),
        kind: NoticeKind::Award,
        title: "中标公告".into(),
        published_at: Some(stamp(3)),
        buyers: vec![organisation.clone()],
        agency: Some(organisation.clone()),
        region: Region { text: Some("福州市".into()), province: Some("350000".into()), by: Some(RegionBy::Field) },
        project_numbers: vec!["ZB2019-001".into()],
        project_title: Some("区块链存证平台".into()),
        method: Some(Method::Open),
        items_path: Some("服务/软件".into()),
        budget: Amount::disclosed(Money::cny(9_999_999_990), "summary"),
        ceiling: Amount::Unparsed { text: "若干".into() },
        award: Amount::Undisclosed,
        contract: Amount::NotApplicable,
        lots: vec![lot],
        items: vec![Item {
            name: "软件".into(),
            lot: Some("1".into()),
            total: Amount::disclosed(Money::yuan(2), "table"),
        }],
        candidates: vec![Candidate { supplier: organisation, lot: None, rank: Some(1) }],
        amendments: vec![Amendment { item: "时间".into(), before: Some("a".into()), after: None }],
        refers_to: vec![Reference {
            project_number: Some("ZB2019-001".into()),
            title: Some("原".into()),
            url: Some("http://x/0".into()),
            published_on: Some(date(2019, 9, 1)),
        }],
        dates: Dates {
            opens_on: Some(date(2019, 9, 2)),
            deadline_at: Some(stamp(4)),
            awarded_on: Some(date(2019, 9, 3)),
            corrected_on: None,
        },
        attachments: vec!["附件.pdf".into()],
        relevance: Relevance {
            weight: Weight::Item,
            evidence: vec![TopicEvidence {
                term: "区块链".into(), field: "items".into(), sentence: "区块链。".into()
            }],
        },
        evidence: [("award".to_owned(), Evidence { rule: "lots".into(), passage: "元".into() })].into(),
        text: "正文".into(),
    }
}

pub(super) fn rich_project() -> Project {
    let notice = rich_notice();
    Project {
        title: "平台".into(),
        buyers: notice.buyers.clone(),
        region: notice.region.clone(),
        numbers: vec!["A1".into()],
        method: notice.method,
        status: Status::Awarded,
        first_on: Some(date(2019, 9, 3)),
        latest_at: Some(stamp(5)),
        deadline_at: None,
        budget: notice.budget.clone(),
        ceiling: notice.ceiling.clone(),
        award: notice.lots[0].award.clone(),
        contract: Amount::Undisclosed,
        topic_part: Amount::disclosed(Money::yuan(7), "items"),
        weight: Weight::Item,
        lots: vec![ProjectLot {
            label: Some("1".into()),
            title: None,
            status: LotStatus::Awarded,
            award: Amount::Undisclosed,
            suppliers: notice.buyers,
            joint: false,
        }],
        rounds: 2,
        notices: 3,
        level: tenderwatch::domain::judged::Judged::by(tenderwatch::domain::classes::Level::Local, "channel"),
        category: tenderwatch::domain::judged::Judged::undecided("no rule fits"),
        rulings: vec![tenderwatch::domain::ruling::RulingId(3)],
    }
}

/// A tender that its project was counted for, as the fold would.
pub(super) fn counted_tender(w: &Writer<'_>, native_id: &str, day: i8, yuan: i64) -> Done<ProjectId> {
    let notice = tender(native_id, day, yuan);
    let project = settled(w, native_id, &notice)?;
    w.put_project(project, TOPIC, &rich_project(), Some(&counted_as(yuan)))?;
    Ok(project)
}

pub(super) fn counted_as(yuan: i64) -> Contribution {
    let money = Some(Money::yuan(yuan));
    let sums = [(FigureKind::Budget, money), (FigureKind::TopicPart, money)].into();
    Contribution { year: 2019, month: 9, status: Status::Tendering, sums, ..Contribution::default() }
}
