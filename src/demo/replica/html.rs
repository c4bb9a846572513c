//! Writes HTML for the replica: escaping, paragraphs, tables. Knows nothing of notices and nothing of how they are read.

/// Text as it may stand in HTML, also inside a quoted attribute.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A body that grows, and the same as plain text: the replica's search looks into the latter.
#[derive(Debug, Default)]
pub struct Paper {
    html: String,
    text: String,
}

impl Paper {
    /// A paragraph.
    pub fn p(&mut self, text: &str) -> &mut Self {
        self.block("<p>", text, "</p>")
    }

    /// A heading, as bodies print it.
    pub fn head(&mut self, text: &str) -> &mut Self {
        self.block("<p><strong>", text, "</strong></p>")
    }

    /// A label and its value; the value in a span, as editors of the site leave it.
    pub fn line(&mut self, label: &str, value: &str) -> &mut Self {
        self.html.push_str("<p>");
        self.html.push_str(&escaped(label));
        self.html.push_str("：<span style=\"font-family: FangSong; font-size: 16px;\">");
        self.html.push_str(&escaped(value));
        self.html.push_str("</span>　　　　</p>\n");
        self.tell(label);
        self.text.push('：');
        self.tell(value);
        self
    }

    /// A table with a head row.
    pub fn table(&mut self, head: &[&str], rows: &[Vec<String>]) -> &mut Self {
        self.html.push_str("<table width=\"100%\" border=\"1\" cellspacing=\"0\"><thead><tr>");
        for cell in head {
            self.cell("th", cell);
        }
        self.html.push_str("</tr></thead><tbody>");
        for row in rows {
            self.html.push_str("<tr style=\"height:36.4pt\">");
            for cell in row {
                self.cell("td", cell);
            }
            self.html.push_str("</tr>");
        }
        self.html.push_str("</tbody></table>\n");
        self
    }

    /// The body as HTML.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The body as plain text, without blanks between blocks: so the site's snippets look.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn block(&mut self, open: &str, text: &str, close: &str) -> &mut Self {
        self.html.push_str(open);
        self.html.push_str(&escaped(text));
        self.html.push_str(close);
        self.html.push('\n');
        self.tell(text);
        self
    }

    fn cell(&mut self, tag: &str, text: &str) {
        self.html.extend(["<", tag, ">&nbsp;", &escaped(text), "&nbsp;</", tag, ">"]);
        self.tell(text);
    }

    fn tell(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_stays_text() {
        let mut paper = Paper::default();
        paper.p("<script>alert('x') & \"y\"</script>");
        assert!(!paper.html().contains("<script>"));
        let seen: String = scraper::Html::parse_fragment(paper.html()).root_element().text().collect();
        assert_eq!(seen.trim(), "<script>alert('x') & \"y\"</script>");
    }

    #[test]
    fn a_table_is_found_by_the_search_too() {
        let mut paper = Paper::default();
        paper.table(&["供应商名称"], &[vec!["演示链".to_owned()]]);
        assert_eq!(paper.text(), "供应商名称演示链");
    }
}
