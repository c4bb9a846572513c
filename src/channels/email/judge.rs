//! What the end of an SMTP conversation means for the delivery. Pure: stage and failure in, outcome out.

use std::error::Error as _;

use super::converse::{Failure, Stage};
use crate::channels::redact::Hidden;
use crate::domain::delivery::Outcome;

/// The outcome of a conversation that ended early.
pub(super) fn judge(stage: Stage, failure: &Failure, host: &str, hidden: &Hidden) -> Outcome {
    let at = doing(stage);
    let later = |what: &str| Outcome::Later { why: format!("{host} {at}: {what}"), retry_after: None };
    let ambiguous = |what: &str| Outcome::Ambiguous { why: format!("{host} {at}: {what}") };
    let misconfigured = |what: &str| Outcome::Misconfigured { why: format!("{host} {at}: {what}") };
    match failure {
        Failure::NotOffered(what) => {
            misconfigured(&format!("the server does not offer {what}, and the settings insist on it"))
        }
        Failure::AddressNotSupported => {
            Outcome::Gone { why: format!("{host} {at}: the address is not ASCII, and the server does not take such") }
        }
        Failure::TooLarge { bytes_max, bytes } => Outcome::Refused {
            why: format!("{host} {at}: the message has {bytes} bytes, and the server takes {bytes_max}"),
        },
        // An answer that belongs to no question says nothing about the message.
        Failure::Unexpected(what) if stage == Stage::Content => ambiguous(&hidden.redact(what)),
        Failure::Unexpected(what) => later(&format!("an answer that does not belong here: {}", hidden.redact(what))),
        Failure::Timeout if stage == Stage::Content => ambiguous("no answer in time"),
        Failure::Timeout => later("no answer in time"),
        Failure::Smtp(error) => {
            let what = hidden.redact(&error.to_string());
            if let Some(code) = error.status() {
                let code = code.to_string();
                return answered(stage, &code, error.is_permanent(), format!("{host} {at}: {what}"));
            }
            // No verdict after the message was handed over: it may be in the mailbox.
            if stage == Stage::Content {
                return ambiguous(&what);
            }
            // A certificate is looked at once; what breaks in the middle is the network's.
            if error.is_client() || (matches!(stage, Stage::Connect | Stage::Secure) && is_tls(error)) {
                return misconfigured(&what);
            }
            later(&what)
        }
    }
}

/// Whom a passing refusal speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// The server as a whole: it does not want to talk now.
    Server,
    /// The receiver's domain.
    Domain,
}

/// Who is busy, if a failure says so. A single mailbox that is (4.2.x) is nobody else's matter.
pub(super) fn busy(stage: Stage, failure: &Failure) -> Option<Busy> {
    let Failure::Smtp(error) = failure else { return None };
    let code = error.status().filter(|_| error.is_transient())?.to_string();
    let text = error.to_string();
    match stage {
        Stage::Connect | Stage::Login | Stage::Sender if code == "421" => Some(Busy::Server),
        Stage::Recipient | Stage::Data | Stage::Content if !text.contains("4.2.") => Some(Busy::Domain),
        _ => None,
    }
}

/// What a negative answer means at each stage.
fn answered(stage: Stage, code: &str, permanent: bool, why: String) -> Outcome {
    // A server that is busy, being moved or lists us for a while greets with 5xx as well.
    if !permanent || stage == Stage::Connect {
        return Outcome::Later { why, retry_after: None };
    }
    // 530, 534, 535 and 538: authentication or encryption required, at whatever stage it is found out; a relay that does not
    // know us refuses every receiver alike. 552: the message is too large for this server; another sender would not help.
    let ours = matches!(code, "530" | "534" | "535" | "538")
        || matches!(stage, Stage::Secure | Stage::Login)
        || (stage == Stage::Sender && code != "552")
        || (stage == Stage::Recipient && is_relay_refusal(&why));
    if ours {
        return Outcome::Misconfigured { why };
    }
    // 552 and 554 speak of size and policy: another message may pass. So does 5.7.x, whatever the code; 5.2.2 is a full mailbox.
    let is_of_message = matches!(code, "552" | "554") || why.contains(" 5.7.") || why.contains(" 5.2.2 ");
    if stage == Stage::Recipient && !is_of_message { Outcome::Gone { why } } else { Outcome::Refused { why } }
}

/// Whether a refused receiver is refused because of who asks.
fn is_relay_refusal(why: &str) -> bool {
    let why = why.to_ascii_lowercase();
    ["relay access denied", "relaying denied", "not permitted to relay", "unable to relay", "authentication required"]
        .iter()
        .any(|words| why.contains(words))
}

/// Whether TLS itself failed: an untrusted or outdated certificate, a name that does not fit, no common version. lettre's
/// `is_tls` does not say; the cause stands in the chain of sources, wrapped into an I/O error.
fn is_tls(error: &lettre::transport::smtp::Error) -> bool {
    if error.is_tls() {
        return true;
    }
    let mut source = error.source();
    while let Some(cause) = source {
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if tls.is_some() || cause.is::<rustls::Error>() {
            return true;
        }
        source = cause.source();
    }
    false
}

fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "on connecting",
        Stage::Secure => "on STARTTLS",
        Stage::Login => "on login",
        Stage::Sender => "on MAIL FROM",
        Stage::Recipient => "on RCPT TO",
        Stage::Data => "on DATA",
        Stage::Content => "after the message was sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_ambiguous_only_after_the_message_was_sent() {
        let judged = |stage| judge(stage, &Failure::Timeout, "mail.example.com", &Hidden::default());
        for stage in [Stage::Connect, Stage::Secure, Stage::Login, Stage::Sender, Stage::Recipient, Stage::Data] {
            assert!(matches!(judged(stage), Outcome::Later { .. }), "{stage:?}");
        }
        assert!(matches!(judged(Stage::Content), Outcome::Ambiguous { .. }));
    }

    #[test]
    fn a_permanent_answer_means_something_else_at_each_stage() {
        let answered = |stage, code| answered(stage, code, true, String::new());
        assert!(matches!(answered(Stage::Connect, "554"), Outcome::Later { .. }));
        assert!(matches!(answered(Stage::Login, "535"), Outcome::Misconfigured { .. }));
        assert!(matches!(answered(Stage::Sender, "553"), Outcome::Misconfigured { .. }));
        assert!(matches!(answered(Stage::Sender, "552"), Outcome::Refused { .. }));
        assert!(matches!(answered(Stage::Recipient, "550"), Outcome::Gone { .. }));
        assert!(matches!(answered(Stage::Recipient, "552"), Outcome::Refused { .. }));
        assert!(matches!(answered(Stage::Recipient, "530"), Outcome::Misconfigured { .. }));
        assert!(matches!(answered(Stage::Content, "554"), Outcome::Refused { .. }));
        assert!(matches!(answered(Stage::Data, "535"), Outcome::Misconfigured { .. }));
    }

    #[test]
    fn a_relay_that_does_not_know_us_is_no_receivers_fault() {
        let why = "mail.example.com on RCPT TO: 554 5.7.1 <…@example.cn>: Relay access denied";
        assert!(matches!(answered(Stage::Recipient, "554", true, why.into()), Outcome::Misconfigured { .. }));
    }

    #[test]
    fn an_answer_that_does_not_belong_is_ambiguous_only_after_the_message() {
        let judged =
            |stage| judge(stage, &Failure::Unexpected("354 go on".into()), "mail.example.com", &Hidden::default());
        assert!(matches!(judged(Stage::Recipient), Outcome::Later { .. }));
        assert!(matches!(judged(Stage::Content), Outcome::Ambiguous { .. }));
    }
}
