//! A message as RFC 5322 bytes: text and HTML side by side, pictures inside, every header a function of the delivery, nothing
//! of the moment of sending. Composed twice, it is the same twice, its signature included.

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentDisposition, ContentId, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};

use super::dkim::Signing;
use super::personal;
use crate::channels::{Letter, Links, Thread};
use crate::domain::digest::{Image, Message};

/// How many earlier messages a thread's header names, the latest of them: a header does not grow for ever.
const EARLIER_MAX: usize = 20;

/// The bytes of one mail.
pub(super) fn mail(
    from: &Mailbox,
    to: &Address,
    message: &Message,
    letter: &Letter,
    signing: Option<&Signing>,
) -> Result<Vec<u8>, String> {
    let id = &letter.id;
    let domain = from.email.domain();
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(message.subject.clone())
        .date(SystemTime::from(message.composed_at))
        .message_id(Some(format!("<{id}@{domain}>")))
        // RFC 3834: nobody's holiday notice need answer this.
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .raw_header(header("List-Id", &format!("<{}.tenderwatch.{domain}>", letter.subscription))?);
    if let Some(links) = &letter.links {
        builder = unsubscribe(builder, links)?;
    }
    if let Some(thread) = &letter.thread {
        builder = follow(builder, thread, domain)?;
    }
    let mail = builder.multipart(body(message, letter, domain)).map_err(|error| error.to_string())?.formatted();
    match signing {
        Some(signing) => signing.sign(&mail, message.composed_at),
        None => Ok(mail),
    }
}

/// RFC 8058: one click leaves. It asks for https; an address without it is still shown, to be opened.
fn unsubscribe(builder: MessageBuilder, links: &Links) -> Result<MessageBuilder, String> {
    let url = &links.unsubscribe;
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b',')) {
        return Err("the address for leaving cannot stand in a header".into());
    }
    let builder = builder.raw_header(header("List-Unsubscribe", &format!("<{url}>"))?);
    if !url.starts_with("https://") {
        return Ok(builder);
    }
    Ok(builder.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?))
}

/// The thread's root is no message that was ever sent: it is the same for every one of the project's, so that those whose
/// forerunners a reader deleted still stand together.
fn follow(builder: MessageBuilder, thread: &Thread, domain: &str) -> Result<MessageBuilder, String> {
    let skipped = thread.earlier.len().saturating_sub(EARLIER_MAX);
    let mut ids = vec![format!("<{}@{domain}>", thread.root)];
    ids.extend(thread.earlier.iter().skip(skipped).map(|id| format!("<{id}@{domain}>")));
    let last = ids.last().cloned().unwrap_or_default();
    // One to a line: none is ever too long.
    let references = header("References", &ids.join("\r\n "))?;
    Ok(builder.raw_header(references).raw_header(header("In-Reply-To", &last)?))
}

fn body(message: &Message, letter: &Letter, domain: &str) -> MultiPart {
    let id = &letter.id;
    let text = personal::text(&message.text, letter.links.as_ref());
    let mut html = personal::html(&message.html, letter.links.as_ref());
    for image in &message.images {
        html = personal::pointing(&html, &image.id, &content_id(image, letter, domain));
    }
    let both = MultiPart::alternative().boundary(format!("tenderwatch-{id}")).singlepart(SinglePart::plain(text));
    if message.images.is_empty() {
        return both.singlepart(SinglePart::html(html));
    }
    let related = MultiPart::related().boundary(format!("tenderwatch-images-{id}")).singlepart(SinglePart::html(html));
    both.multipart(
        message.images.iter().fold(related, |related, image| related.singlepart(picture(image, letter, domain))),
    )
}

/// A picture's id is the world's, not the message's: some readers show the first picture of a thread for all.
fn content_id(image: &Image, letter: &Letter, domain: &str) -> String {
    format!("{}.{}@{domain}", image.id, letter.id)
}

fn picture(image: &Image, letter: &Letter, domain: &str) -> SinglePart {
    SinglePart::builder()
        .header(ContentId::from(format!("<{}>", content_id(image, letter, domain))))
        .header(ContentDisposition::inline_with_name(&format!("{}.png", image.id)))
        .header(Description(image.alt.split_whitespace().collect::<Vec<_>>().join(" ")))
        .header(png())
        .body(Body::new(image.png.clone()))
}

/// What a picture shows, in words, for those to whom it is shown as a file (RFC 2045 section 8).
#[derive(Clone)]
struct Description(String);

impl Header for Description {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Description")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

fn png() -> ContentType {
    ContentType::parse("image/png").unwrap_or(ContentType::TEXT_PLAIN)
}

/// A header of ours, all ASCII, folded already where it must be.
fn header(name: &'static str, value: &str) -> Result<HeaderValue, String> {
    if !value.is_ascii() || value.replace("\r\n ", "").bytes().any(|byte| byte.is_ascii_control()) {
        return Err(format!("{name} cannot hold what it should"));
    }
    let name = HeaderName::new_from_ascii_str(name);
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned()))
}
