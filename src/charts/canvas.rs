//! SVG written down: rectangles, lines, texts, escaped and rounded. Every chart is a light card with its own background, so that it
//! is read on a dark page too.

use std::fmt::Write as _;

use super::{WIDTH, font};

/// Colours that are told apart by people who do not see all of them (Okabe and Ito's), on white.
pub(super) const INK: &str = "#1f2328";
pub(super) const SOFT: &str = "#57606a";
pub(super) const RULE: &str = "#d8dee4";
pub(super) const BLUE: &str = "#0072b2";
pub(super) const PALE_BLUE: &str = "#9ccbe8";
pub(super) const ORANGE: &str = "#e69f00";
pub(super) const BROWN: &str = "#8a4b00";
pub(super) const GREY: &str = "#8c959f";

/// Space between the card's edge and what stands on it.
pub(super) const PAD: f64 = 20.0;

/// The size of a chart's title.
const TITLE: f64 = 21.0;
/// The size of notes.
const NOTE: f64 = 15.5;

/// From where a text is written.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing that grows downwards.
pub(super) struct Canvas {
    drawn: String,
    /// How far down it reaches.
    pub(super) y: f64,
}

/// How wide it is between its margins.
pub(super) fn inner() -> f64 {
    f64::from(WIDTH) - 2.0 * PAD
}

impl Canvas {
    /// A drawing that begins with its title.
    pub(super) fn titled(title: &str) -> Self {
        let mut canvas = Self { drawn: String::new(), y: PAD - 4.0 };
        canvas.paragraph(title, TITLE, INK, 3);
        canvas
    }

    /// Text over the whole width, as many lines as it needs.
    pub(super) fn paragraph(&mut self, text: &str, size: f64, colour: &str, lines_max: usize) {
        for line in font::lines(text, size, inner(), lines_max) {
            self.y += size * 1.4;
            let base = self.y - size * 0.3;
            self.text(PAD, base, size, colour, Anchor::Start, &line);
        }
    }

    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, colour: &str, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(&font::shown(text));
        self.put(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    /// A rectangle with further attributes, `fill` at least.
    pub(super) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, how: &str) {
        self.put(format_args!(r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" {how}/>"#));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), how: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.put(format_args!(r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" {how}/>"#));
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.drawn, "{element}");
    }

    /// The whole, with its notes below it.
    pub(super) fn finish(mut self, title: &str, notes: &[String]) -> String {
        if !notes.is_empty() {
            self.y += 6.0;
        }
        for note in notes {
            self.paragraph(note, NOTE, SOFT, 4);
        }
        let height = (self.y + PAD - 4.0).ceil();
        let (card, edge) = (f64::from(WIDTH) - 1.0, height - 1.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
             role=\"img\" font-family=\"{}, sans-serif\">\n<title>{}</title>\n\
             <defs><pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <rect width=\"7\" height=\"7\" fill=\"#ffffff\"/><rect width=\"3\" height=\"7\" fill=\"{GREY}\"/></pattern></defs>\n\
             <rect x=\"0.5\" y=\"0.5\" width=\"{card}\" height=\"{edge}\" rx=\"8\" fill=\"#ffffff\" stroke=\"{RULE}\"/>\n{}</svg>\n",
            font::FAMILY,
            escaped(title),
            self.drawn,
        )
    }
}

/// As text or an attribute of XML can hold it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
