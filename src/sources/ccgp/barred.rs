//! Pages that bar the way: rate limits, challenges, refusals. A page that is a notice or a listing is never one of them,
//! whatever words it holds; the caller asks here last.

use crate::domain::reading::PageKind;
use crate::sources::dialect::fold::squeeze;
use crate::sources::dialect::html::Document;

/// Texts that mean a challenge or a limit on this site.
pub const SIGNS: [&str; 14] = [
    "访问过于频繁",
    "频繁访问",
    "访问频繁",
    "访问行为异常",
    "请输入验证码",
    "安全验证",
    "滑动验证",
    "人机验证",
    "请完成验证",
    "请稍后再试",
    "访问异常",
    "sbu_fpcm",
    "HOY_TR=",
    "请开启JavaScript",
];

/// Texts of error pages.
const REFUSALS: [&str; 16] = [
    "403 forbidden",
    "405 not allowed",
    "404 not found",
    "502 bad gateway",
    "503 service",
    "504 gateway",
    "access denied",
    "forbidden",
    "method not allowed",
    "访问被拒绝",
    "禁止访问",
    "页面不存在",
    "页面未找到",
    "您访问的页面",
    "拦截",
    "系统维护",
];

/// How many characters a barring page has at most: content is longer.
const TEXT_MAX: usize = 3_000;

/// Whether a page without notice or rows bars the way, and how.
#[must_use]
pub fn kind(document: &Document, html: &str) -> PageKind {
    let text = squeeze(&document.root().text());
    let title = document.root().find(|element| element.name() == "title").map(|title| squeeze(&title.own_text()));
    let title = title.unwrap_or_default();
    let short = text.chars().count() <= TEXT_MAX;
    let says = |sign: &&str| text.contains(&squeeze(sign)) || title.contains(&squeeze(sign));
    if short && (SIGNS.iter().any(says) || ["sbu_fpcm", "HOY_TR="].iter().any(|sign| html.contains(sign))) {
        return PageKind::Challenge;
    }
    let lower = format!("{title} {}", text.chars().take(TEXT_MAX).collect::<String>()).to_lowercase();
    if short && REFUSALS.iter().any(|sign| lower.contains(&squeeze(sign))) {
        return PageKind::Refusal;
    }
    PageKind::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> PageKind {
        kind(&Document::parse(html), html)
    }

    #[test]
    fn limits_and_errors_are_told_apart() {
        assert_eq!(of("<html><body>您的访问过于频繁,请稍后再试</body></html>"), PageKind::Challenge);
        assert_eq!(of("<title>安全验证</title><div id=x></div>"), PageKind::Challenge);
        assert_eq!(of("<html><script src=/_bot_sbu/sbu_fpcm.js></script></html>"), PageKind::Challenge);
        assert_eq!(of("<title>403 Forbidden</title><center><h1>403 Forbidden</h1></center>"), PageKind::Refusal);
        assert_eq!(of("<p>别的文字</p>"), PageKind::Unknown);
        assert_eq!(of(""), PageKind::Unknown);
    }
}
