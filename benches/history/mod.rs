//! A history of any size, written through the store's own doors as a poll does: row of a listing, body, notice, links, totals,
//! changes, validators. Made once under `target/bench-history/`. Invented from seeds: always the same.

pub(crate) mod invent;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use tenderwatch::domain::change::Telling;
use tenderwatch::domain::notice::Notice;
use tenderwatch::domain::project::NoticeId;
use tenderwatch::domain::reading::Row;
use tenderwatch::domain::source::Validators;
use tenderwatch::figures::milestone::Step;
use tenderwatch::jobs::settle::{self, Arrival, Settled};
use tenderwatch::store::{Settings, Store, Writer};

/// The source's name.
pub(crate) const SOURCE: &str = "ccgp";
/// The topic's name.
pub(crate) const TOPIC: &str = "blockchain";

/// Notices in one transaction while the history is made.
const BATCH: usize = 5_000;

/// When everything happens: after the last notice of a history.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The folder of made histories.
pub(crate) fn folder() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch).join("bench-history")
}

/// Opens the history of that many notices, and makes it first where it is not there.
pub(crate) fn open(notices: usize) -> Result<Store> {
    let path = folder().join(format!("{notices}.db"));
    if !path.exists() {
        make(notices, &path)?;
    }
    Store::open(&Settings { path: path.clone() }, now())
        .with_context(|| format!("opening {}; remove it, and it is made anew", path.display()))
}

/// Makes a history beside its place, and puts it there when it is whole. One that was cut short is taken up where it ended.
fn make(notices: usize, path: &Path) -> Result<()> {
    let unfinished = path.with_extension("unfinished");
    let store = Store::open(&Settings { path: unfinished.clone() }, now())?;
    let kept = usize::try_from(store.read(|r| r.counts())?.notices)?;
    let (started, mut done) = (Instant::now(), kept);
    let mut pieces = invent::history().skip(kept);
    while done < notices {
        let batch: Vec<Piece> = pieces.by_ref().take(BATCH.min(notices - done)).collect();
        store.write(|w| batch.iter().try_for_each(|piece| add(w, piece, Telling::Baseline, &[]).map(|_| ())))?;
        done += batch.len();
        let rate = (done - kept) as f64 / started.elapsed().as_secs_f64();
        eprintln!("making a history: {done} of {notices} notices, {rate:.0} a second");
    }
    drop(store);
    std::fs::rename(&unfinished, path)?;
    Ok(())
}

/// A notice on its way into a history.
pub(crate) struct Piece {
    /// Its identity.
    pub(crate) id: NoticeId,
    /// What it says.
    pub(crate) notice: Notice,
    /// The page it was read from: as unique as a real one, and far shorter.
    pub(crate) body: Vec<u8>,
}

/// Does with one notice all that a poll does once its page is read.
pub(crate) fn add(w: &Writer<'_>, piece: &Piece, telling: Telling, milestones: &[Step]) -> Result<Settled> {
    let now = now();
    let notice = &piece.notice;
    let url = notice.url.clone().unwrap_or_default();
    let row = Row {
        native_id: Some(piece.id.native_id.clone()),
        url: Some(url.clone()),
        title: notice.title.clone(),
        published_at: notice.published_at,
        buyer: notice.buyers.first().map(|buyer| buyer.name.clone()),
        agency: notice.agency.as_ref().map(|agency| agency.name.clone()),
        zone: notice.region.text.clone(),
        ..Row::default()
    };
    w.sight(SOURCE, &[row], None, telling, now)?;
    let body_hash = w.keep_body(&piece.body, now)?;
    let arrival = Arrival {
        id: piece.id.clone(),
        notice: notice.clone(),
        problems: &[],
        body_hash: &body_hash,
        reader_version: 1,
        topic: TOPIC,
        telling,
        revisit: &[],
        milestones,
    };
    let settled = settle::settle(w, &arrival, now)?;
    let validators = Validators { body_hash: Some(body_hash), reader_version: 1, ..Validators::default() };
    w.put_validators(SOURCE, &url, &validators, now)?;
    Ok(settled)
}
