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
            if error.is_client() || is_tls(error) {
                return misconfigured(&what);
            }
            later(&what)
        }
    }
}

/// What a negative answer means at each stage.
fn answered(stage: Stage, code: &str, permanent: bool, why: String) -> Outcome {
    // A server that is busy, being moved or lists us for a while greets with 5xx as well.
    if !permanent || stage == Stage::Connect {
        return Outcome::Later { why, retry_after: None };
    }
    // 530 and 538: authentication or encryption required, at whatever stage it is found out. 552: the message is too large
    // for this server; another sender would not help.
    let ours = matches!(code, "530" | "538")
        || matches!(stage, Stage::Secure | Stage::Login)
        || (stage == Stage::Sender && code != "552");
    if ours {
        return Outcome::Misconfigured { why };
    }
    // 552 and 554 speak of size and policy: another message may pass. So does 5.7.x, whatever the code; 5.2.2 is a full mailbox.
    let is_of_message = matches!(code, "552" | "554") || why.contains(" 5.7.") || why.contains(" 5.2.2 ");
    if stage == Stage::Recipient && !is_of_message { Outcome::Gone { why } } else { Outcome::Refused { why } }
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
    }
}
