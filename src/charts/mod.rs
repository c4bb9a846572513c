//! Pure: a chart's values and words become a picture, as SVG and as PNG, sized for a mail. The font is compiled in, so the same
//! chart is the same bytes on every machine. Knows no language: every word that is drawn comes with the chart.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use crate::domain::chart::{Chart, Plot};
use crate::domain::digest::Image;

mod canvas;

mod font;

mod months;

mod picture;

mod shares;

/// How wide a chart is in a mail, in CSS pixels.
pub const WIDTH: u16 = 560;

/// Pixels of the picture for each of them: sharp on a phone.
const SCALE: f32 = 2.0;

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The drawing is not understood.
    #[error("drawing a chart: {0}")]
    Drawing(String),
    /// There is nothing of its size.
    #[error("drawing a chart: {width} by {height} pixels cannot be held")]
    Size {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
}

/// The chart as SVG. A character that the font has not is drawn as □.
#[must_use]
pub fn svg(chart: &Chart) -> String {
    match &chart.plot {
        Plot::Months(months) => months::draw(chart, months),
        Plot::Shares(rows) => shares::draw(chart, rows),
    }
}

/// The chart as a picture, at twice its size. Its words tell the same figures, and what the font could not show.
pub fn png(chart: &Chart) -> Result<Image, ChartError> {
    let options = usvg::Options { fontdb: font::database(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg(chart), &options).map_err(|error| ChartError::Drawing(error.to_string()))?;
    let size = tree.size().to_int_size();
    let size = size.scale_by(SCALE).unwrap_or(size);
    let (width, height) = (size.width(), size.height());
    let mut pixels = Pixmap::new(width, height).ok_or(ChartError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    let png = match picture::indexed(&pixels) {
        Some(png) => png,
        None => pixels.encode_png().map_err(|error| ChartError::Drawing(error.to_string()))?,
    };
    Ok(Image { id: chart.id.clone(), alt: alt(chart), png })
}

/// The words of the chart, and which characters its □ stand for.
fn alt(chart: &Chart) -> String {
    let missing = font::missing(&words(chart));
    if missing.is_empty() { chart.alt.clone() } else { format!("{} □ = {missing}", chart.alt) }
}

/// Everything that is drawn as text.
fn words(chart: &Chart) -> String {
    let mut words = vec![chart.title.as_str()];
    words.extend(chart.notes.iter().map(String::as_str));
    match &chart.plot {
        Plot::Months(months) => {
            words.extend([months.amounts.as_str(), &months.counts, &months.parts[0], &months.parts[1]]);
            words.extend(months.scale.iter().map(|(_, said)| said.as_str()));
            words.extend(months.columns.iter().map(|column| column.label.as_str()));
        }
        Plot::Shares(rows) => words.extend(rows.iter().flat_map(|row| [row.label.as_str(), &row.said])),
    }
    words.concat()
}

#[cfg(test)]
mod tests;
