//! One receiver's copy of a text that is the same for many: their own address in the place that was kept for it, and pictures
//! called by this mail's names. Pure.

use crate::channels::Links;
use crate::domain::digest::MANAGE_MARK;

/// The text with the address in; a line that only speaks of the address falls away where there is none.
pub(in crate::channels) fn text(text: &str, links: Option<&Links>) -> String {
    match links {
        Some(links) => text.replace(MANAGE_MARK, &links.manage),
        None => text.split_inclusive('\n').filter(|line| !line.contains(MANAGE_MARK)).collect(),
    }
}

/// The same for HTML: escaped, and a link that would lead nowhere falls away with its words.
pub(in crate::channels) fn html(html: &str, links: Option<&Links>) -> String {
    if let Some(links) = links {
        return html.replace(MANAGE_MARK, &escaped(&links.manage));
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(MANAGE_MARK) {
        let link = before.rfind("<a ").filter(|at| !before.get(*at..).unwrap_or_default().contains('>'));
        if let (Some(start), Some(end)) = (link, after.find("</a>")) {
            out.push_str(before.get(..start).unwrap_or_default());
            rest = after.get(end + "</a>".len()..).unwrap_or_default();
        } else {
            out.push_str(before);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// `cid:chart-1` as an attribute's whole value → `cid:` and the picture's name in this mail.
pub(super) fn pointing(html: &str, id: &str, content_id: &str) -> String {
    html.replace(&format!("\"cid:{id}\""), &format!("\"cid:{content_id}\""))
        .replace(&format!("'cid:{id}'"), &format!("'cid:{content_id}'"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        Links {
            manage: "https://t.example.org/manage/a?x=1&y='2'".into(),
            unsubscribe: "https://t.example.org/leave/a".into(),
        }
    }

    #[test]
    fn the_receivers_own_address_stands_where_the_mark_stood() {
        let links = links();
        assert_eq!(text(&format!("管理：{MANAGE_MARK}\n"), Some(&links)), format!("管理：{}\n", links.manage));
        assert_eq!(
            html(&format!("<a href=\"{MANAGE_MARK}\">管理</a>"), Some(&links)),
            "<a href=\"https://t.example.org/manage/a?x=1&amp;y=&#39;2&#39;\">管理</a>"
        );
    }

    #[test]
    fn without_an_address_nothing_speaks_of_it() {
        assert_eq!(text(&format!("一\n管理：{MANAGE_MARK}\n二"), None), "一\n二");
        assert_eq!(
            html(&format!("<p>一 <a class=\"x\" href=\"{MANAGE_MARK}\">管理</a> 二</p>"), None),
            "<p>一  二</p>"
        );
        assert_eq!(html(&format!("<a href=\"x\">一</a>{MANAGE_MARK}<p>二</p>"), None), "<a href=\"x\">一</a><p>二</p>");
    }

    #[test]
    fn a_picture_is_called_by_its_name_in_this_mail() {
        let pointed = pointing("<img src=\"cid:chart-1\"><img src='cid:chart-10'>", "chart-1", "chart-1.d_1@x.org");
        assert_eq!(pointed, "<img src=\"cid:chart-1.d_1@x.org\"><img src='cid:chart-10'>");
    }
}
