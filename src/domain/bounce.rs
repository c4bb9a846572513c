//! A mail that came back, read: of which delivery it speaks and whether the mailbox is gone for good. Understands delivery
//! status notifications (<https://www.rfc-editor.org/rfc/rfc3464>) and the free-form reports of older servers. Everything here
//! may be forged or broken: it is bounded, and what a bounce leads to is decided elsewhere, beside what we ever sent.

use super::delivery::DeliveryId;
use super::return_path::{named, named_by_message_id};

mod free;

mod mime;

mod status;

use mime::Part;
use status::Group;

/// What is read of a mail, at most; the report stands before the returned mail.
pub const MAIL_BYTES_MAX: usize = 1024 * 1024;

/// What is kept of a server's own words, in characters.
const SAID_CHARS_MAX: usize = 160;

/// A mail that says what became of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// The delivery that it names, if it names one of ours by form.
    pub delivery: Option<DeliveryId>,
    /// What became of it.
    pub verdict: Verdict,
    /// `5.1.1`, as far as it is known.
    pub status: Option<String>,
    /// The server's words in one line, without addresses.
    pub said: String,
}

/// What became of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mailbox is gone, or takes nothing from us: nothing more is to be sent there.
    Hard,
    /// This mail was not delivered; the next one may be.
    Soft,
    /// It is still being tried.
    Delayed,
    /// It was delivered, or handed on.
    Delivered,
}

/// Why a mail is no bounce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// No headers, or no text.
    NotAMail,
    /// Somebody is on holiday.
    AutoReply,
    /// A read receipt.
    Receipt,
    /// A receiver calls our mail a nuisance (RFC 5965).
    Complaint,
    /// A report without a word of what became of the mail.
    EmptyReport,
    /// An ordinary mail.
    NoReport,
}

impl Ignored {
    /// For people.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::NotAMail => "it is no mail",
            Self::AutoReply => "it is an automatic reply",
            Self::Receipt => "it is a read receipt",
            Self::Complaint => "it is a complaint about a mail, which a person should read",
            Self::EmptyReport => "it is a report that reports nothing",
            Self::NoReport => "it reports on no delivery",
        }
    }
}

impl Verdict {
    /// For people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hard => "returned for good",
            Self::Soft => "returned",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
        }
    }
}

/// Reads one mail.
pub fn read(mail: &[u8]) -> Result<Bounce, Ignored> {
    let mail = mail.get(..MAIL_BYTES_MAX).unwrap_or(mail);
    let parts = mime::parts(mail).ok_or(Ignored::NotAMail)?;
    let Some(root) = parts.first() else { return Err(Ignored::NotAMail) };
    if root.kind == "multipart/report" {
        match root.attribute("report-type").as_deref() {
            Some("disposition-notification") => return Err(Ignored::Receipt),
            Some("feedback-report") => return Err(Ignored::Complaint),
            _ => {}
        }
    }
    let report = parts.iter().find(|part| is_status(part));
    if let Some(report) = report {
        let groups = status::groups(&report.text());
        let worst = groups.iter().max_by_key(|group| group.verdict().map(weight)).ok_or(Ignored::EmptyReport)?;
        let verdict = worst.verdict().ok_or(Ignored::EmptyReport)?;
        let said = said(&worst.diagnostic);
        return Ok(Bounce { delivery: delivery(root, &parts), verdict, status: worst.known_status(), said });
    }
    if is_auto_reply(root) {
        return Err(Ignored::AutoReply);
    }
    if !free::comes_from_a_server(root) {
        return Err(Ignored::NoReport);
    }
    let found = free::read(root, &parts).ok_or(Ignored::NoReport)?;
    let delivery = delivery(root, &parts).or(found.delivery);
    Ok(Bounce { delivery, verdict: found.verdict, status: found.status, said: said(&found.words) })
}

fn is_status(part: &Part<'_>) -> bool {
    matches!(part.kind.as_str(), "message/delivery-status" | "message/global-delivery-status")
}

/// Of several receivers' fates the gravest counts: each of our mails has one receiver, and what stands beside it was made on
/// the way.
fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Delivered => 0,
        Verdict::Delayed => 1,
        Verdict::Soft => 2,
        Verdict::Hard => 3,
    }
}

/// RFC 3834: it says so, or one of the marks that are older than the standard does.
fn is_auto_reply(root: &Part<'_>) -> bool {
    let is_replied = |value: String| value.to_ascii_lowercase().starts_with("auto-replied");
    let precedence = |value: String| matches!(value.to_ascii_lowercase().as_str(), "auto_reply" | "auto-reply");
    root.header("Auto-Submitted").is_some_and(is_replied)
        || root.header("Precedence").is_some_and(precedence)
        || ["X-Autoreply", "X-Autorespond", "X-Autoresponder"].iter().any(|name| root.header(name).is_some())
}

/// The delivery that a bounce names: by the address it came to, else by the Message-ID of the mail it returns.
fn delivery(root: &Part<'_>, parts: &[Part<'_>]) -> Option<DeliveryId> {
    const CAME_TO: [&str; 6] =
        ["X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To"];
    let by_address = || CAME_TO.iter().filter_map(|name| root.header(name)).find_map(|value| first_named(&value));
    let by_message_id =
        || parts.iter().skip(1).filter_map(Part::returned_message_id).find_map(|id| named_by_message_id(&id));
    by_address().or_else(by_message_id)
}

/// The first address in a header that names a delivery.
fn first_named(value: &str) -> Option<DeliveryId> {
    value.split([',', '<', '>', ' ', '\t', '"', ';', ':']).find_map(named)
}

/// A server's words in one bounded line, without what may be an address of mail or of the web.
fn said(words: &str) -> String {
    let kept = words
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| if word.contains('@') || word.contains("://") { "…" } else { word });
    let line = kept.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SAID_CHARS_MAX) {
        Some((end, _)) => line.get(..end).unwrap_or_default().to_owned() + "…",
        None => line,
    }
}

/// Whether a permanent status says that the mailbox will take nothing more, or only that this mail was not to its liking.
fn of_permanent(status: &str) -> Verdict {
    match status {
        // Full; too large for the mailbox; too large for the system; expired after days; the content could not be converted.
        "5.2.2" | "5.2.3" | "5.3.4" | "5.4.7" => Verdict::Soft,
        status if status.starts_with("5.6.") => Verdict::Soft,
        _ => Verdict::Hard,
    }
}

impl Group {
    fn verdict(&self) -> Option<Verdict> {
        Some(match self.action.as_str() {
            "failed" => match self.known_status() {
                Some(status) if status.starts_with('5') => of_permanent(&status),
                _ => Verdict::Soft,
            },
            "delayed" => Verdict::Delayed,
            "delivered" | "relayed" | "expanded" => Verdict::Delivered,
            _ => return None,
        })
    }

    /// The status; a server that only knows `5.0.0` often says more in its own words.
    fn known_status(&self) -> Option<String> {
        let own = || {
            status::code_in(&self.diagnostic).filter(|code| self.status.starts_with(code.chars().next().unwrap_or(' ')))
        };
        match self.status.as_str() {
            "" => status::code_in(&self.diagnostic),
            "5.0.0" => own().or_else(|| Some("5.0.0".into())),
            known => Some(known.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_bear_no_address() {
        assert_eq!(
            said("smtp; 550 5.1.1\r\n <li@example.cn>: see https://x.cn/a\u{7} gone"),
            "smtp; 550 5.1.1 … see … gone"
        );
        assert_eq!(said(&"拒".repeat(1_000)).chars().count(), SAID_CHARS_MAX + 1);
    }

    #[test]
    fn a_full_mailbox_may_be_emptied_and_a_missing_one_not() {
        for (status, verdict) in [
            ("5.1.1", Verdict::Hard),
            ("5.0.0", Verdict::Hard),
            ("5.4.1", Verdict::Hard),
            ("5.7.1", Verdict::Hard),
            ("5.2.2", Verdict::Soft),
            ("5.3.4", Verdict::Soft),
            ("5.6.1", Verdict::Soft),
        ] {
            assert_eq!(of_permanent(status), verdict, "{status}");
        }
    }
}
