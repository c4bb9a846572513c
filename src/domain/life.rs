//! Where does it stand? A project's life told notice by notice in the order of publication: its lots, its rounds and its stage.

use std::collections::BTreeMap;

use super::amend;
use super::amount::{self, Amount};
use super::award;
use super::lots;
use super::names;
use super::notice::{Lot, LotStatus, Notice, NoticeKind};
use super::organisation::Organisation;
use super::project::Status;
use super::ruled;

/// A lot as its notices leave it.
#[derive(Clone, Debug, Default)]
pub(super) struct LotLife {
    pub(super) title: Option<String>,
    pub(super) status: LotStatus,
    pub(super) award: Amount,
    pub(super) suppliers: Vec<Organisation>,
    pub(super) joint: bool,
    /// Which notice stated the award, by its place.
    pub(super) from: usize,
}

/// A project's life so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    pub(super) lots: BTreeMap<Option<String>, LotLife>,
    pub(super) rounds: u32,
    /// Round and whether a lot was awarded already, when each notice came.
    pub(super) then: Vec<Then>,
    stage: Stage,
}

/// How far the project has come, its lots aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Stage {
    #[default]
    Planned,
    Opened,
    Contracted,
    Completed,
    Failed,
    Withdrawn,
}

/// How things stood when a notice came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Then {
    /// The round it belongs to.
    pub(super) round: u32,
    /// Whether a lot was awarded before it.
    pub(super) awarded: bool,
}

impl Life {
    /// The life that these notices tell, in their order.
    pub(super) fn of(notices: &[&Notice]) -> Self {
        let mut life = Self::default();
        for (place, notice) in notices.iter().enumerate() {
            let awarded = life.is_awarded();
            life.tell(notice, place);
            let named = round_named(notice);
            if named > life.rounds {
                life.rounds = named;
            }
            life.then.push(Then { round: life.rounds, awarded });
        }
        life
    }

    /// Where the project stands.
    pub(super) fn status(&self) -> Status {
        match self.stage {
            Stage::Withdrawn => Status::Withdrawn,
            Stage::Failed => Status::Failed,
            Stage::Completed => Status::Completed,
            Stage::Contracted => Status::Contracted,
            Stage::Planned | Stage::Opened if self.is_awarded() => Status::Awarded,
            Stage::Opened => Status::Tendering,
            Stage::Planned => Status::Planned,
        }
    }

    /// From the first call for offers on there is a round.
    fn begin(&mut self) {
        self.rounds = self.rounds.max(1);
        if self.stage == Stage::Planned {
            self.stage = Stage::Opened;
        }
    }

    /// A new call or a result ends a failure and a withdrawal.
    fn resume(&mut self) {
        self.begin();
        if matches!(self.stage, Stage::Failed | Stage::Withdrawn) {
            self.stage = Stage::Opened;
        }
    }

    fn fail_if_closed(&mut self) {
        let closed = |lot: &LotLife| matches!(lot.status, LotStatus::Failed | LotStatus::Cancelled);
        if !self.lots.is_empty() && self.lots.values().all(closed) {
            self.stage = Stage::Failed;
        }
    }

    pub(super) fn awarded(&self) -> impl Iterator<Item = (&Option<String>, &LotLife)> {
        self.lots.iter().filter(|(_, lot)| lot.status == LotStatus::Awarded)
    }

    fn is_awarded(&self) -> bool {
        self.awarded().next().is_some()
    }

    fn tell(&mut self, notice: &Notice, place: usize) {
        match notice.kind {
            NoticeKind::Prequalification | NoticeKind::Tender | NoticeKind::SingleSource => self.open(notice),
            NoticeKind::Candidates => self.begin(),
            NoticeKind::Correction => self.correct(notice, place),
            NoticeKind::Award => self.award(notice, place),
            NoticeKind::Failed => self.fail(notice),
            NoticeKind::Contract | NoticeKind::ContractChange => self.contract(notice, place),
            NoticeKind::Acceptance => self.stage = Stage::Completed,
            NoticeKind::Withdrawn => self.stage = Stage::Withdrawn,
            NoticeKind::Intention | NoticeKind::Other => {}
        }
    }

    /// Offers are asked for. After a failure this is a new round: what failed is open again.
    fn open(&mut self, notice: &Notice) {
        let stated = labelled(notice);
        if self.stage == Stage::Failed {
            self.rounds = self.rounds.max(1) + 1;
            let names_lots = stated.iter().any(|(label, _)| label.is_some());
            for (label, lot) in &mut self.lots {
                let meant = !names_lots || stated.iter().any(|(named, _)| named == label);
                if meant && lot.status != LotStatus::Awarded {
                    lot.status = LotStatus::Open;
                }
            }
        }
        self.resume();
        self.replace_unlabelled(&stated);
        let has_labels = self.lots.keys().any(Option::is_some);
        for (label, printed) in stated {
            if label.is_none() && has_labels {
                continue;
            }
            let lot = self.lots.entry(label).or_default();
            lot.title = printed.title.clone().or(lot.title.take());
            if lot.status != LotStatus::Awarded {
                lot.status =
                    if printed.status == LotStatus::Cancelled { LotStatus::Cancelled } else { LotStatus::Open };
            }
        }
    }

    /// A result. The latest notice that states a lot wins.
    fn award(&mut self, notice: &Notice, place: usize) {
        let stated = labelled(notice);
        let only = stated.len() == 1;
        self.resume();
        self.replace_restated(&stated);
        for (label, printed) in stated {
            let label = self.meant(label);
            let won = printed.status == LotStatus::Awarded
                || !printed.suppliers.is_empty()
                || printed.award.money().is_some();
            match printed.status {
                LotStatus::Failed | LotStatus::Cancelled => self.close(label, &printed),
                _ if won || only => self.give(label, &printed, notice, place),
                _ => {}
            }
        }
        self.fail_if_closed();
    }

    /// A correction opens nothing new; it may restate a result.
    fn correct(&mut self, notice: &Notice, place: usize) {
        self.begin();
        for (label, printed) in labelled(notice) {
            let label = self.meant(label);
            let stated = printed.award.money().is_some() || !printed.suppliers.is_empty();
            match printed.status {
                LotStatus::Awarded if stated => self.give(label, &printed, notice, place),
                LotStatus::Failed | LotStatus::Cancelled => self.close(label, &printed),
                _ => {}
            }
        }
        self.amend(notice, place);
        self.fail_if_closed();
    }

    /// Amendments of a result are read only where one lot is awarded: else nobody knows whose they are.
    fn amend(&mut self, notice: &Notice, place: usize) {
        let mut awarded = self.lots.values_mut().filter(|lot| lot.status == LotStatus::Awarded);
        let (Some(lot), None) = (awarded.next(), awarded.next()) else { return };
        for amendment in &notice.amendments {
            let Some(after) = amendment.after.as_deref() else { continue };
            let names_sum = amend::names_award(&amendment.item);
            let Some(money) = names_sum.then(|| amend::sum(&amendment.item, after)).flatten() else { continue };
            lot.award = Amount::disclosed(money, "correction");
            lot.from = place;
        }
    }

    /// 废标, 流标, 终止: the lots it names; else all that are not awarded, and the only lot even if it is.
    fn fail(&mut self, notice: &Notice) {
        let stated = labelled(notice);
        self.begin();
        let lists_lots = notice.lots.iter().any(|lot| lot.label.is_some());
        if lists_lots {
            self.replace_unlabelled(&stated);
        }
        let has_labels = self.lots.keys().any(Option::is_some);
        for (label, printed) in stated {
            if label.is_none() && has_labels {
                self.close_open();
            } else {
                self.close(label, &printed);
            }
        }
        self.fail_if_closed();
    }

    /// A contract names winners where no result was seen; its amount is no award, unless a person says so.
    fn contract(&mut self, notice: &Notice, place: usize) {
        self.resume();
        if self.stage != Stage::Completed {
            self.stage = Stage::Contracted;
        }
        if self.is_awarded() {
            return;
        }
        for (label, printed) in labelled(notice) {
            let label = self.meant(label);
            let award = Some(printed.award).filter(ruled::is_ruled).unwrap_or_default();
            let lot = Lot { award, status: LotStatus::Awarded, ..printed };
            self.give(label, &lot, notice, place);
        }
    }

    /// The lot is awarded. A notice that says no sum leaves the one that is known, unless it names other winners.
    fn give(&mut self, label: Option<String>, printed: &Lot, notice: &Notice, place: usize) {
        let lot = self.lots.entry(label).or_default();
        let is_new = lot.status != LotStatus::Awarded || !same_winners(&lot.suppliers, &printed.suppliers);
        let states_sum = amount::is_stated(&printed.award) || amount::is_stated(&notice.award);
        if is_new || states_sum {
            lot.award = printed.award.clone();
            lot.from = place;
        }
        if !printed.suppliers.is_empty() {
            lot.suppliers.clone_from(&printed.suppliers);
            lot.joint = printed.joint;
        }
        lot.title = printed.title.clone().or(lot.title.take());
        lot.status = LotStatus::Awarded;
    }

    fn close(&mut self, label: Option<String>, printed: &Lot) {
        let lot = self.lots.entry(label).or_default();
        let status = if printed.status == LotStatus::Cancelled { LotStatus::Cancelled } else { LotStatus::Failed };
        *lot = LotLife { title: printed.title.clone().or(lot.title.take()), status, ..LotLife::default() };
    }

    fn close_open(&mut self) {
        for lot in self.lots.values_mut().filter(|lot| lot.status != LotStatus::Awarded) {
            lot.status = LotStatus::Failed;
        }
    }

    /// The lot without a label gives way as soon as the lots have labels, unless it was awarded.
    fn replace_unlabelled(&mut self, stated: &[(Option<String>, Lot)]) {
        if stated.iter().any(|(label, _)| label.is_some()) {
            self.lots.retain(|label, lot| label.is_some() || lot.status == LotStatus::Awarded);
        }
    }

    /// An award without a label gives way to awards with labels that name all its winners; else both stay, and disagree.
    fn replace_restated(&mut self, stated: &[(Option<String>, Lot)]) {
        self.replace_unlabelled(stated);
        let named: Vec<Organisation> = stated.iter().flat_map(|(_, lot)| lot.suppliers.clone()).collect();
        let is_restated = |lot: &LotLife| {
            let has =
                |winner: &Organisation| named.iter().any(|other| names::key(&other.name) == names::key(&winner.name));
            !lot.suppliers.is_empty() && lot.suppliers.iter().all(has)
        };
        if stated.iter().all(|(label, _)| label.is_some()) && self.lots.get(&None).is_some_and(is_restated) {
            self.lots.remove(&None);
        }
    }

    /// A result without a label means the only labelled lot, where there is one.
    fn meant(&self, label: Option<String>) -> Option<String> {
        let mut known = self.lots.keys().flatten();
        match (&label, known.next(), known.next()) {
            (None, Some(only), None) => Some(only.clone()),
            _ => label,
        }
    }
}

fn same_winners(known: &[Organisation], printed: &[Organisation]) -> bool {
    let keys = |list: &[Organisation]| {
        let mut keys: Vec<String> = list.iter().map(|supplier| names::key(&supplier.name)).collect();
        keys.sort();
        keys
    };
    printed.is_empty() || keys(known) == keys(printed)
}

/// A notice's lots by their labels as they are compared, each label once. A notice without any has one.
pub(super) fn labelled(notice: &Notice) -> Vec<(Option<String>, Lot)> {
    if notice.lots.is_empty() {
        let lot = Lot { award: notice.award.clone(), ..Lot::default() };
        return vec![(lots::named_in(notice), lot)];
    }
    if let [only] = notice.lots.as_slice() {
        let is_silent = only.status == LotStatus::Awarded && !amount::is_stated(&only.award);
        let award = if is_silent { notice.award.clone() } else { only.award.clone() };
        return vec![(lots::label(notice, only), Lot { award, ..only.clone() })];
    }
    let mut stated: Vec<(Option<String>, Lot)> = Vec::new();
    for lot in &notice.lots {
        let label = lots::label(notice, lot);
        match stated.iter_mut().find(|(known, _)| *known == label) {
            Some((_, known)) => join(known, lot),
            None => stated.push((label, lot.clone())),
        }
    }
    stated
}

/// A lot given to several suppliers may stand on several lines: it is awarded for all of them together.
fn join(known: &mut Lot, line: &Lot) {
    match (known.status, line.status) {
        (LotStatus::Awarded, LotStatus::Awarded) => {
            known.award = award::total(&[known.award.clone(), line.award.clone()]);
            known.suppliers.extend(line.suppliers.iter().cloned());
        }
        (_, LotStatus::Awarded) => *known = line.clone(),
        _ => {}
    }
}

fn round_named(notice: &Notice) -> u32 {
    let numbers = notice.project_numbers.iter().filter_map(|number| names::round_of(number));
    let titles = [Some(notice.title.as_str()), notice.project_title.as_deref()];
    numbers.chain(titles.into_iter().flatten().filter_map(names::round_of)).max().unwrap_or(0)
}
