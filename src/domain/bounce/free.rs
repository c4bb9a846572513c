//! Reports in a form of their own: qmail's (<https://cr.yp.to/proto/qsbmf.txt>) and those of servers that write for people only.
//! Trusted less: a mailbox is gone for good only where the words leave no doubt.

use super::Verdict;
use super::mime::{Part, message_id};
use super::status::{answer_in, code_in};
use crate::domain::delivery::DeliveryId;
use crate::domain::return_path::named_by_message_id;

/// Behind these lines stands the mail that came back, not the report.
const COPY_BEGINS: [&str; 4] = [
    "--- Below this line is a copy of the message.",
    "------ This is a copy of the message",
    "----- Original message -----",
    "--- 原始邮件",
];

/// Words for a mailbox that is not there.
const GONE: [&str; 17] = [
    "user unknown",
    "unknown user",
    "no such user",
    "user not found",
    "user doesn't exist",
    "user does not exist",
    "mailbox not found",
    "mailbox unavailable",
    "mailbox doesn't exist",
    "no mailbox here by that name",
    "recipient not found",
    "address does not exist",
    "account does not exist",
    "用户不存在",
    "收件人不存在",
    "邮箱不存在",
    "地址不存在",
];

/// What a report without a form says.
pub(super) struct Free {
    pub(super) delivery: Option<DeliveryId>,
    pub(super) verdict: Verdict,
    pub(super) status: Option<String>,
    pub(super) words: String,
}

/// Whether a mail claims to come from a mail server: bounces have no sender to answer to.
pub(super) fn comes_from_a_server(root: &Part<'_>) -> bool {
    let is_null = root.header("Return-Path").is_some_and(|path| path.trim() == "<>");
    let from = root.header("From").unwrap_or_default().to_ascii_lowercase();
    is_null
        || root.header("X-Failed-Recipients").is_some()
        || ["mailer-daemon", "postmaster"].iter().any(|name| from.contains(name))
}

/// Reads what the first text says; nothing where it says of no failure.
pub(super) fn read(root: &Part<'_>, parts: &[Part<'_>]) -> Option<Free> {
    let text = parts.iter().find(|part| matches!(part.kind.as_str(), "text/plain" | "text/html"))?;
    let is_html = text.kind == "text/html";
    let text = text.text();
    let (report, copy) = halves(&text);
    let report = if is_html { without_tags(report) } else { report.to_owned() };
    let status = code_in(&report).filter(|code| !code.starts_with('2'));
    let answer = answer_in(&report);
    let small = report.to_lowercase();
    let is_gone = GONE.iter().any(|words| small.contains(words));
    let failed = root.header("X-Failed-Recipients").is_some();
    let verdict = match (&status, answer) {
        (Some(code), _) if matches!(code.as_str(), "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1") => {
            Verdict::Hard
        }
        (Some(code), _) if code.starts_with('4') => Verdict::Delayed,
        (None, Some(400..=499)) => Verdict::Delayed,
        (_, Some(550 | 551 | 553)) | (Some(_), _) if is_gone => Verdict::Hard,
        (None, None) if !failed && !is_gone => return None,
        _ => Verdict::Soft,
    };
    let delivery = copy.and_then(message_id).and_then(|id| named_by_message_id(&id));
    let words = line_with_reason(&report);
    Some(Free { delivery, verdict, status, words })
}

/// The report, and the copy of the mail behind it.
fn halves(text: &str) -> (&str, Option<&str>) {
    let begins = COPY_BEGINS.iter().filter_map(|mark| text.find(mark)).min();
    let Some(at) = begins else { return (text, None) };
    let (report, copy) = text.split_at(at);
    (report, copy.split_once('\n').map(|(_, copy)| copy))
}

/// The line that bears a code or the words, for the record.
fn line_with_reason(report: &str) -> String {
    let is_reason = |line: &&str| {
        let small = line.to_lowercase();
        code_in(line).is_some() || answer_in(line).is_some() || GONE.iter().any(|words| small.contains(words))
    };
    report.lines().find(is_reason).unwrap_or_default().to_owned()
}

/// HTML as words; good enough to look for a code in.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
