//! How many there are of each class: a bar with its name and its figures above it, readable on a narrow screen. The others
//! together are grey, the unknown hatched: neither is one class.

use super::canvas::{Anchor, BLUE, Canvas, GREY, INK, PAD, SOFT, inner};
use super::font;
use crate::domain::chart::{Chart, Row, Share};

/// The size of a name and of its figures.
const NAME: f64 = 18.0;

/// How high a bar is.
const BAR: f64 = 14.0;

pub(super) fn draw(chart: &Chart, rows: &[Share]) -> String {
    let mut canvas = Canvas::titled(&chart.title);
    canvas.y += 6.0;
    let largest = rows.iter().map(|row| row.count).max().unwrap_or_default().max(1);
    for row in rows {
        name(&mut canvas, row);
        canvas.y += 5.0;
        let colour = match row.row {
            Row::Class => format!("fill=\"{BLUE}\""),
            Row::Rest => format!("fill=\"{GREY}\""),
            Row::Unknown => format!("fill=\"url(#hatch)\" stroke=\"{GREY}\""),
        };
        canvas.rectangle(PAD, canvas.y, length(row.count, largest), BAR, &colour);
        canvas.y += BAR + 5.0;
    }
    canvas.finish(&chart.title, &chart.notes)
}

#[expect(clippy::cast_precision_loss, reason = "a bar is not read more exactly than a pixel")]
fn length(count: u64, largest: u64) -> f64 {
    if count == 0 { 0.0 } else { (count as f64 / largest as f64 * inner()).clamp(2.0, inner()) }
}

/// The name from the left, the figures at the right of its last line; a long name has two lines.
fn name(canvas: &mut Canvas, row: &Share) {
    let said = font::width(&row.said, NAME);
    let lines = font::lines(&row.label, NAME, (inner() - said - 16.0).max(inner() / 3.0), 2);
    for line in &lines {
        canvas.y += NAME * 1.35;
        let base = canvas.y - NAME * 0.25;
        canvas.text(PAD, base, NAME, INK, Anchor::Start, line);
    }
    if lines.is_empty() {
        canvas.y += NAME * 1.35;
    }
    let base = canvas.y - NAME * 0.25;
    canvas.text(PAD + inner(), base, NAME, SOFT, Anchor::End, &row.said);
}
