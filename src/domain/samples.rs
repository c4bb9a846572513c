//! Notices for this room's tests, built by what matters to the test. Not compiled into the program.

use jiff::civil::{DateTime, datetime};
use proptest::prelude::*;

use super::amount::Amount;
use super::money::Money;
use super::notice::{Amendment, Lot, LotStatus, Notice, NoticeKind, Reference};
use super::organisation::Organisation;
use super::project::{Member, NoticeId};
use super::ruling::{Matter, Ruling, RulingId};
use super::stamp::Stamp;
use super::topic::{Relevance, Weight};

pub(crate) const BUYER: &str = "某某大学";
pub(crate) const NUMBER: &str = "ABCD2026000001";

/// A notice of that kind on that day of 2026, of the topic, of one buyer and number.
pub(crate) fn notice(kind: NoticeKind, month: i8, day: i8) -> Notice {
    Notice {
        kind,
        title: "某某大学区块链平台采购项目公告".into(),
        published_at: Stamp::china(datetime(2026, month, day, 10, 0, 0, 0)),
        buyers: vec![Organisation::named(BUYER)],
        project_numbers: vec![NUMBER.into()],
        relevance: Relevance { weight: Weight::Subject, evidence: Vec::new() },
        ..Notice::default()
    }
}

pub(crate) fn tender(month: i8, day: i8, budget: i64) -> Notice {
    Notice { budget: yuan(budget), ..notice(NoticeKind::Tender, month, day) }
}

pub(crate) fn award(month: i8, day: i8, lots: Vec<Lot>) -> Notice {
    let sums = lots.iter().map(|lot| lot.award.money()).collect::<Option<Vec<Money>>>().unwrap_or_default();
    let total = sums.iter().copied().reduce(|sum, money| sum.checked_add(money).unwrap());
    let award = total.map_or(Amount::Undisclosed, |money| Amount::disclosed(money, "lots"));
    Notice { award, lots, ..notice(NoticeKind::Award, month, day) }
}

pub(crate) fn won(label: Option<&str>, units: i64, supplier: &str) -> Lot {
    let suppliers = vec![Organisation::named(supplier)];
    Lot { label: label.map(Into::into), status: LotStatus::Awarded, award: yuan(units), suppliers, ..Lot::default() }
}

pub(crate) fn lost(label: Option<&str>) -> Lot {
    Lot { label: label.map(Into::into), status: LotStatus::Failed, ..Lot::default() }
}

pub(crate) fn open(label: Option<&str>, budget: i64) -> Lot {
    Lot { label: label.map(Into::into), status: LotStatus::Open, budget: yuan(budget), ..Lot::default() }
}

pub(crate) fn failed(month: i8, day: i8, lots: Vec<Lot>) -> Notice {
    Notice { lots, ..notice(NoticeKind::Failed, month, day) }
}

pub(crate) fn correction(month: i8, day: i8, item: &str, before: &str, after: &str) -> Notice {
    let amendment = Amendment { item: item.into(), before: Some(before.into()), after: Some(after.into()) };
    Notice { amendments: vec![amendment], ..notice(NoticeKind::Correction, month, day) }
}

pub(crate) fn yuan(units: i64) -> Amount {
    Amount::disclosed(Money::yuan(units), "test")
}

pub(crate) fn china(reading: DateTime) -> Option<Stamp> {
    Stamp::china(reading)
}

pub(crate) fn id(native_id: impl std::fmt::Display) -> NoticeId {
    NoticeId { source: "ccgp".into(), native_id: format!("{native_id}") }
}

pub(crate) fn member(native_id: impl std::fmt::Display, notice: Notice) -> Member {
    Member { id: id(native_id), notice, repeat_of: None, withdrawn_at: None, rulings: Vec::new() }
}

/// Has somebody rule of a notice.
pub(crate) fn rule(member: &mut Member, id: i64, matter: Matter) {
    let at = jiff::Timestamp::UNIX_EPOCH;
    member.rulings.push(Ruling { id: RulingId(id), matter, author: "甲".into(), reason: "查证".into(), at });
}

/// The notices as members, numbered from 1.
pub(crate) fn members(notices: impl IntoIterator<Item = Notice>) -> Vec<Member> {
    notices.into_iter().zip(1..).map(|(notice, native_id)| member(native_id, notice)).collect()
}

/// Notices of few buyers, numbers, titles, sums and days, so that they meet in every way.
pub(crate) fn some_notice() -> impl Strategy<Value = Notice> {
    let kind = prop::sample::select(vec![
        NoticeKind::Tender,
        NoticeKind::Tender,
        NoticeKind::Award,
        NoticeKind::Award,
        NoticeKind::Correction,
        NoticeKind::Failed,
        NoticeKind::Contract,
        NoticeKind::Intention,
        NoticeKind::Withdrawn,
    ]);
    let buyer = prop::sample::select(vec![Some("甲大学"), Some("乙医院"), None]);
    let number =
        prop::sample::select(vec![Some("ZB-2026-001"), Some("ABCD20260000012"), Some("ABCD20260000012（二次）"), None]);
    let title =
        prop::sample::select(vec!["区块链平台项目", "区块链平台项目（二次）", "数据平台", "区块链平台项目（第2包）"]);
    let lot = (prop::sample::select(vec![None, Some("1"), Some("2")]), 1_i64..4, prop::bool::ANY);
    let refers = prop::option::of(prop::sample::select(vec!["ZB-2026-001", "区块链平台项目", "2026-01-02"]));
    (kind, buyer, number, title, prop::collection::vec(lot, 0..3), refers, (1_i8..4, 1_i8..5), 0_i64..3).prop_map(
        |(kind, buyer, number, title, lots, refers, (month, day), budget)| {
            let lots = lots
                .into_iter()
                .map(|(label, sum, is_won)| if is_won { won(label, sum * 1000, "丙公司") } else { lost(label) });
            let refer = |text: &str| Reference {
                project_number: text.starts_with("ZB").then(|| text.to_owned()),
                title: text.starts_with('区').then(|| text.to_owned()),
                published_on: text.parse().ok(),
                ..Reference::default()
            };
            Notice {
                title: title.into(),
                buyers: buyer.map(Organisation::named).into_iter().collect(),
                project_numbers: number.map(Into::into).into_iter().collect(),
                lots: if kind == NoticeKind::Intention { Vec::new() } else { lots.collect() },
                refers_to: refers.map(refer).into_iter().collect(),
                budget: if budget == 0 { Amount::Undisclosed } else { yuan(budget * 1000) },
                ..notice(kind, month, day)
            }
        },
    )
}
