//! The nightly question whether the kept totals still equal a recount from history. A disagreement is a trouble for the operator.

use anyhow::Result;
use jiff::Timestamp;

use super::{Rooms, blocking};
use crate::domain::change::{Change, ChangeKind, Telling};
use crate::domain::fold::fold;
use crate::figures::totals;
use crate::store::audit::{AuditReport, audit};

/// Recounts, logs, and tells the operator of what does not agree.
pub fn run(rooms: &Rooms) -> Result<AuditReport> {
    let now = rooms.clock.now();
    blocking(|| {
        let report = audit(&rooms.store, |members| totals::contribution(&fold(members)))?;
        let wrong: Vec<String> = report.checks.iter().filter(|c| !c.agrees).map(|c| c.name.clone()).collect();
        if wrong.is_empty() {
            tracing::info!(checks = report.checks.len(), "audit: all {} checks agree", report.checks.len());
        } else {
            tracing::error!("audit: kept figures disagree with a recount: {}", wrong.join(", "));
            rooms.store.write(|w| w.append_changes(&[disagreement(&wrong, now)]).map(|_| ()))?;
        }
        Ok(report)
    })
}

fn disagreement(wrong: &[String], now: Timestamp) -> Change {
    Change {
        kind: ChangeKind::AuditDisagrees,
        project: None,
        notice: None,
        source: None,
        topic: None,
        fields: Vec::new(),
        reason: format!("the audit disagrees on: {}", wrong.join(", ")),
        published_at: None,
        seen_at: now,
        telling: Telling::News,
    }
}
