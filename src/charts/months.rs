//! Amounts and counts over the same months: two rows of columns, one below the other. A month that discloses nothing bears a
//! question mark instead of a column, the running one is pale and dashed, a break is a dashed line.

use super::canvas::{Anchor, BLUE, BROWN, Canvas, GREY, INK, ORANGE, PAD, PALE_BLUE, RULE, SOFT, inner};
use super::font;
use crate::domain::chart::{Chart, Column, Months, steps};

/// How high the amounts and the counts are.
const AMOUNTS: f64 = 180.0;
const COUNTS: f64 = 84.0;

/// The size of captions and of the numbers at the axes: still read when a phone shows the picture at half its width.
const CAPTION: f64 = 17.0;
const LABEL: f64 = 16.5;

/// The widest a month becomes.
const PITCH_MAX: f64 = 44.0;

/// Where the months stand.
struct Axis {
    left: f64,
    pitch: f64,
}

impl Axis {
    fn of(months: &Months, counts: &[i64]) -> Self {
        let labels = months.scale.iter().map(|(_, said)| said.clone()).chain(counts.iter().map(i64::to_string));
        let widest = labels.map(|label| font::width(&label, LABEL)).fold(0.0, f64::max);
        let left = PAD + widest.min(inner() / 3.0) + 10.0;
        let room = PAD + inner() - left;
        Self { left, pitch: (room / number(months.columns.len().max(1))).min(PITCH_MAX) }
    }

    /// Where a column begins.
    fn at(&self, place: usize) -> f64 {
        self.left + number(place) * self.pitch
    }

    /// The left edge and the width of what is drawn of a column.
    fn bar(&self, place: usize) -> (f64, f64) {
        (self.at(place) + self.pitch * 0.14, self.pitch * 0.72)
    }
}

/// Small numbers, without loss.
fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// How high a value stands; something that is there is always seen.
#[expect(clippy::cast_precision_loss, reason = "a column is not read more exactly than a pixel")]
fn height(value: i64, top: i64, full: f64) -> f64 {
    if value <= 0 { 0.0 } else { (value as f64 / top.max(1) as f64 * full).clamp(1.5, full) }
}

pub(super) fn draw(chart: &Chart, months: &Months) -> String {
    let largest = months.columns.iter().map(|column| whole(column.count)).max().unwrap_or_default();
    let counts: Vec<i64> = [0, steps(largest).last().copied().unwrap_or(1)].into();
    let axis = Axis::of(months, &counts);
    let mut canvas = Canvas::titled(&chart.title);
    canvas.y += 4.0;
    canvas.paragraph(&months.amounts, CAPTION, SOFT, 2);
    canvas.y += 12.0;
    let top = canvas.y;
    amounts(&mut canvas, &axis, months);
    canvas.y += 8.0;
    canvas.paragraph(&months.counts, CAPTION, SOFT, 2);
    legend(&mut canvas, months);
    canvas.y += 12.0;
    numbers(&mut canvas, &axis, months, &counts);
    breaks(&mut canvas, &axis, months, top);
    labels(&mut canvas, &axis, &months.columns);
    canvas.finish(&chart.title, &chart.notes)
}

/// A line across with what it stands for.
fn rule(canvas: &mut Canvas, axis: &Axis, columns: usize, y: f64, said: &str) {
    let colour = format!("stroke=\"{RULE}\"");
    canvas.line((axis.left, y), (axis.at(columns), y), &colour);
    canvas.text(axis.left - 8.0, y + LABEL * 0.36, LABEL, SOFT, Anchor::End, said);
}

fn amounts(canvas: &mut Canvas, axis: &Axis, months: &Months) {
    let base = canvas.y + AMOUNTS;
    let top = months.scale.iter().map(|(value, _)| *value).max().unwrap_or(1);
    for (value, said) in &months.scale {
        let y = if *value <= 0 { base } else { base - height(*value, top, AMOUNTS) };
        rule(canvas, axis, months.columns.len(), y, said);
    }
    for (place, column) in months.columns.iter().enumerate() {
        let (x, width) = axis.bar(place);
        match column.amount {
            Some(amount) => {
                let height = height(amount, top, AMOUNTS);
                let how = if column.is_open {
                    format!("fill=\"{PALE_BLUE}\" stroke=\"{BLUE}\" stroke-dasharray=\"3 2\"")
                } else {
                    format!("fill=\"{BLUE}\"")
                };
                canvas.rectangle(x, base - height, width, height, &how);
            }
            None if column.count > 0 => {
                canvas.text(x + width / 2.0, base - 5.0, LABEL, BROWN, Anchor::Middle, "?");
            }
            None => {}
        }
    }
    canvas.y = base;
}

/// What the two parts of a count are called, on one line or on two.
fn legend(canvas: &mut Canvas, months: &Months) {
    canvas.y += CAPTION * 1.4;
    let mut x = PAD;
    for (said, colour) in months.parts.iter().zip([GREY, ORANGE]) {
        let width = 20.0 + font::width(said, CAPTION) + 18.0;
        if x > PAD && x + width > PAD + inner() {
            x = PAD;
            canvas.y += CAPTION * 1.4;
        }
        let base = canvas.y - CAPTION * 0.3;
        canvas.rectangle(x, base - 12.0, 13.0, 13.0, &format!("fill=\"{colour}\""));
        canvas.text(x + 20.0, base, CAPTION, SOFT, Anchor::Start, said);
        x += width;
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn numbers(canvas: &mut Canvas, axis: &Axis, months: &Months, counts: &[i64]) {
    let base = canvas.y + COUNTS;
    let top = counts.iter().copied().max().unwrap_or(1);
    for count in counts {
        rule(canvas, axis, months.columns.len(), base - height(*count, top, COUNTS), &count.to_string());
    }
    for (place, column) in months.columns.iter().enumerate() {
        let (x, width) = axis.bar(place);
        let disclosed = height(whole(column.disclosed.min(column.count)), top, COUNTS);
        let rest = height(whole(column.count.saturating_sub(column.disclosed)), top, COUNTS);
        canvas.rectangle(x, base - disclosed, width, disclosed, &format!("fill=\"{GREY}\""));
        canvas.rectangle(x, base - disclosed - rest, width, rest, &format!("fill=\"{ORANGE}\""));
    }
    canvas.y = base;
}

fn breaks(canvas: &mut Canvas, axis: &Axis, months: &Months, top: f64) {
    for (place, _) in months.columns.iter().enumerate().filter(|(_, column)| column.breaks) {
        let x = axis.at(place);
        let how = format!("stroke=\"{INK}\" stroke-dasharray=\"5 4\"");
        canvas.line((x, top - 4.0), (x, canvas.y), &how);
    }
}

/// The months' names as far apart as they need, the last one always.
fn labels(canvas: &mut Canvas, axis: &Axis, columns: &[Column]) {
    canvas.y += LABEL * 1.35;
    let widest = columns.iter().map(|column| font::width(&column.label, LABEL)).fold(0.0, f64::max);
    let mut free = f64::INFINITY;
    for (place, column) in columns.iter().enumerate().rev() {
        let middle = axis.at(place) + axis.pitch / 2.0;
        let x = middle.min(PAD + inner() - widest / 2.0).max(PAD + widest / 2.0);
        if column.label.is_empty() || x + widest / 2.0 > free {
            continue;
        }
        canvas.text(x, canvas.y, LABEL, SOFT, Anchor::Middle, &column.label);
        canvas.line((middle, canvas.y - LABEL * 1.3), (middle, canvas.y - LABEL), &format!("stroke=\"{SOFT}\""));
        free = x - widest / 2.0 - 12.0;
    }
    canvas.y += 4.0;
}
