//! A Telegram bot and its chat. The facts are those of core.telegram.org/bots/api (sendMessage, formatting, ResponseParameters,
//! editMessageReplyMarkup) and core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this (one message a second in a
//! chat, twenty a minute in a group). The number of the sent message is the receipt: a later message of the same project answers
//! to it, and where it corrects what was told, a button under the earlier messages says so and leads to it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

use super::post::{Posted, Poster};
use super::{Letter, Pace, Sending, Sent, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;
use crate::platform::secret::Secret;

mod answer;

mod markup;

mod outdated;

use answer::Said;

/// How many earlier messages are marked as outdated: each is a request, and those before were marked by messages between.
const MARKED_MAX: usize = 3;

/// A Telegram bot and its chat.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// The chat's number, or `@name`.
    pub chat: String,
    /// The Bot API server, without a slash at the end.
    pub api: String,
    /// Whether the server may be private.
    pub allow_private: bool,
    /// How long a request may take.
    pub timeout: Duration,
}

impl Settings {
    /// How long a request may take.
    pub const TIMEOUT: Duration = Duration::from_secs(15);
}

/// A bot, ready to send.
#[derive(Debug)]
pub(super) struct Telegram {
    send: Poster,
    edit: Poster,
    chat: Secret,
    /// The number of the supergroup that the chat became, once the platform has said it; 0 before.
    moved_to: AtomicI64,
}

impl Way for Telegram {
    fn compose(&self, message: &Message, letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        let texts = markup::compose(message);
        let mark = outdated::mark(message, letter);
        let body = |(place, text): (usize, &String)| {
            let mut body = Map::new();
            body.insert("text".into(), text.as_str().into());
            body.insert("parse_mode".into(), "HTML".into());
            body.insert("link_preview_options".into(), json!({ "is_disabled": true }));
            // Once for the delivery's message is enough: the others of its parts answer to the first.
            body.extend(mark.clone().filter(|_| place == 0).map(|mark| (outdated::FIELD.to_owned(), mark)));
            serde_json::to_vec(&body).map_err(|error| error.to_string())
        };
        texts.iter().enumerate().map(body).collect()
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.deliver(delivery, now).await })
    }

    fn pace(&self) -> Pace {
        let mut quotas = vec![(1, Duration::from_secs(1))];
        // A person's number is positive; a group's is not, and a channel's name begins with an @.
        if !self.chat.reveal().parse::<i64>().is_ok_and(|number| number > 0) {
            quotas.push((20, Duration::from_mins(1)));
        }
        Pace { at_once: 1, quotas }
    }
}

impl Telegram {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let token = settings.token.reveal().trim();
        let is_token = token.split_once(':').is_some_and(|(bot, key)| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            !bot.is_empty() && bot.bytes().all(|b| b.is_ascii_digit()) && key.len() >= 20 && key.bytes().all(fits)
        });
        if !is_token {
            return Err("the token must be that of @BotFather, as 123456789:AAbb…".into());
        }
        let chat = Secret::new(&settings.chat);
        let (_, key) = token.split_once(':').unwrap_or_default();
        let secrets = [Secret::new(token), Secret::new(key), chat.clone()];
        let poster = |method: &str| {
            let url = Secret::new(format!("{}/bot{token}/{method}", settings.api));
            Poster::new(&url, settings.allow_private, settings.timeout, &secrets)
        };
        let (send, edit) = (poster("sendMessage")?, poster("editMessageReplyMarkup")?);
        Ok(Self { send, edit, chat, moved_to: AtomicI64::new(0) })
    }

    async fn deliver(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Sent {
        let mut body: Map<String, Value> = match serde_json::from_slice(&delivery.payload) {
            Ok(body) => body,
            Err(error) => return Outcome::Misconfigured { why: format!("the kept message: {error}") }.into(),
        };
        let mark = body.remove(outdated::FIELD);
        let earlier: Vec<i64> = delivery.receipts.iter().filter_map(|receipt| receipt.parse().ok()).collect();
        if let Some(latest) = earlier.first() {
            // Where the earlier message is gone, this one stands alone instead of failing.
            let reply = json!({ "message_id": latest, "allow_sending_without_reply": true });
            body.insert("reply_parameters".into(), reply);
        }
        let mut said = self.say(&body, now).await;
        if let Said::Moved { to } = said {
            // The old group takes nothing any more, so nothing can arrive twice.
            self.moved_to.store(to, Ordering::Relaxed);
            said = self.say(&body, now).await;
        }
        let sent = said.sent();
        if let (Outcome::Accepted, Some(mark), Some(number)) = (&sent.outcome, mark, &sent.receipt) {
            self.mark_outdated(&earlier, &mark, number, now).await;
        }
        sent
    }

    async fn say(&self, body: &Map<String, Value>, now: Timestamp) -> Said {
        let mut whole = Map::from_iter([("chat_id".to_owned(), self.chat())]);
        whole.extend(body.clone());
        let body = match serde_json::to_vec(&whole) {
            Ok(body) => body,
            Err(error) => return Said::Sent(Outcome::Misconfigured { why: error.to_string() }.into()),
        };
        match self.send.post(HeaderMap::new(), body, now).await {
            Posted::Answered(answer) => answer::read(&answer, &|said| self.send.redact(said)),
            Posted::NotSent { why } => Said::Sent(Outcome::Later { why, retry_after: None }.into()),
            Posted::NotAnswered { why } => Said::Sent(Outcome::Ambiguous { why }.into()),
            Posted::Private { why } => Said::Sent(Outcome::Misconfigured { why }.into()),
        }
    }

    /// Puts the button under the earlier messages. The news has arrived by now: whatever fails here fails nothing.
    async fn mark_outdated(&self, earlier: &[i64], mark: &Value, number: &str, now: Timestamp) {
        let chat = self.chat();
        let Some(button) = outdated::button(mark, &chat, number) else { return };
        for message in earlier.iter().take(MARKED_MAX) {
            let keyboard = json!({ "inline_keyboard": [[button]] });
            let body = json!({ "chat_id": chat, "message_id": message, "reply_markup": keyboard });
            let posted = self.edit.post(HeaderMap::new(), body.to_string().into_bytes(), now).await;
            // Asked to slow down, or not heard at all: the rest would only fail too.
            if !matches!(posted, Posted::Answered(answer) if answer.status != 429) {
                return;
            }
        }
    }

    /// The chat as the API takes it: a number or a name.
    fn chat(&self) -> Value {
        let moved_to = self.moved_to.load(Ordering::Relaxed);
        if moved_to != 0 {
            return moved_to.into();
        }
        let chat = self.chat.reveal();
        chat.parse::<i64>().map_or_else(|_| chat.into(), Value::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(token: &str, chat: &str) -> Settings {
        Settings {
            token: Secret::new(token),
            chat: chat.into(),
            api: "https://api.telegram.org".into(),
            allow_private: false,
            timeout: Settings::TIMEOUT,
        }
    }

    const TOKEN: &str = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ0";

    #[test]
    fn a_token_that_cannot_be_right_is_refused_without_being_said() {
        for token in
            ["AAbbCCddEEffGGhhIIjjKK", "1234:short", "12x:AAbbCCddEEffGGhhIIjjKKll", "1:AAbbCCddEEffGGhhII/../KK"]
        {
            let error = Telegram::build(&settings(token, "1")).unwrap_err();
            assert!(error.contains("@BotFather") && !error.contains(token), "{error}");
        }
        let built = Telegram::build(&settings(TOKEN, "-1001234567890")).unwrap();
        let shown = format!("{built:?}");
        assert!(!shown.contains("AAbb") && !shown.contains("1234567890"), "{shown}");
    }

    #[test]
    fn a_group_is_written_to_more_gently_than_a_person() {
        let quotas = |chat: &str| Telegram::build(&settings(TOKEN, chat)).unwrap().pace().quotas.len();
        assert_eq!((quotas("4711"), quotas("-1001234567890"), quotas("@tenders")), (1, 2, 2));
    }
}
