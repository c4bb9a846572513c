//! A message as RFC 5322 bytes: text and HTML side by side, every header a function of the delivery, nothing of the moment of
//! sending. Composed twice, it is the same twice.

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::channels::Letter;
use crate::domain::digest::Message;

/// The bytes of one mail.
pub(super) fn mail(from: &Mailbox, to: &Address, message: &Message, letter: &Letter) -> Result<Vec<u8>, String> {
    let id = &letter.id;
    let domain = from.email.domain();
    let mail = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(message.subject.clone())
        .date(SystemTime::from(message.composed_at))
        .message_id(Some(format!("<{id}@{domain}>")))
        // RFC 3834: nobody's holiday notice need answer this.
        .raw_header(header("Auto-Submitted", "auto-generated".into())?)
        .raw_header(header("List-Id", format!("<tenderwatch.{domain}>"))?)
        .multipart(
            MultiPart::alternative()
                .boundary(format!("tenderwatch-{id}"))
                .singlepart(SinglePart::plain(message.text.clone()))
                .singlepart(SinglePart::html(message.html.clone())),
        )
        .map_err(|error| error.to_string())?;
    Ok(mail.formatted())
}

fn header(name: &str, value: String) -> Result<HeaderValue, String> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| error.to_string())?;
    Ok(HeaderValue::new(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::DeliveryId;

    #[test]
    fn a_mail_is_the_same_whenever_it_is_composed() {
        let message = Message {
            digest_id: "daily-7".into(),
            composed_at: "2026-11-22T00:30:00Z".parse().unwrap(),
            subject: "2 项区块链中标，共 1,234.5 万元；1 项新招标\r\nBcc: everyone@example.com".into(),
            text: "一行\n.\n又一行\n".into(),
            html: "<p>一行</p>".into(),
            blocks: Vec::new(),
            images: Vec::new(),
            json: "{}".into(),
        };
        let from = "tenderwatch <watch@example.com>".parse().unwrap();
        let to = "li@example.cn".parse().unwrap();
        let letter = Letter::plain(DeliveryId("d_0123456789abcdef".into()), "li@example.cn", "morning");
        let once = mail(&from, &to, &message, &letter).unwrap();
        assert_eq!(mail(&from, &to, &message, &letter).unwrap(), once);
        let text = String::from_utf8(once).unwrap();
        for header in [
            "From: tenderwatch <watch@example.com>\r\n",
            "To: li@example.cn\r\n",
            "Date: Sun, 22 Nov 2026 00:30:00 +0000\r\n",
            "Message-ID: <d_0123456789abcdef@example.com>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Id: <tenderwatch.example.com>\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(text.contains(header), "{header} is missing in\n{text}");
        }
        assert!(!text.contains("\r\nBcc:"), "a subject cannot add a header");
        assert!(text.is_ascii() && text.lines().all(|line| line.len() < 998));
    }
}
