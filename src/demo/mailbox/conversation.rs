//! What a mail client has said so far, and what to answer to MAIL and RCPT. Knows no sockets.

use super::MESSAGE_BYTES_MAX;

/// Receivers of one message.
const RECEIVERS_MAX: usize = 100;

/// What has been said so far.
#[derive(Default)]
pub(super) struct Conversation {
    pub(super) hello: String,
    pub(super) sender: Option<String>,
    pub(super) receivers: Vec<String>,
    pub(super) nonsense: u32,
}

impl Conversation {
    pub(super) fn hello(&mut self, name: &str) {
        self.reset();
        self.hello = name.trim().chars().filter(char::is_ascii_graphic).take(255).collect();
    }

    pub(super) fn reset(&mut self) {
        self.sender = None;
        self.receivers.clear();
    }

    pub(super) fn mail(&mut self, rest: &str) -> &'static str {
        if self.sender.is_some() {
            return "503 5.5.1 one sender at a time";
        }
        let Some((sender, parameters)) = path(rest, "FROM:") else { return "501 5.5.4 MAIL FROM:<address>" };
        let size = parameters.split_ascii_whitespace().find_map(|word| {
            let (name, value) = word.split_once('=')?;
            if name.eq_ignore_ascii_case("SIZE") { value.parse::<usize>().ok() } else { None }
        });
        if size.is_some_and(|size| size > MESSAGE_BYTES_MAX) {
            return "552 5.3.4 too large";
        }
        self.sender = Some(sender);
        "250 2.1.0 sender noted"
    }

    pub(super) fn receiver(&mut self, rest: &str) -> &'static str {
        if self.sender.is_none() {
            return "503 5.5.1 MAIL first";
        }
        if self.receivers.len() >= RECEIVERS_MAX {
            return "452 4.5.3 too many receivers";
        }
        match path(rest, "TO:") {
            Some((receiver, _)) if !receiver.is_empty() => {
                self.receivers.push(receiver);
                "250 2.1.5 receiver noted"
            }
            _ => "501 5.5.4 RCPT TO:<address>",
        }
    }
}

/// `FROM:<address> parameters` → address, parameters.
fn path<'a>(rest: &'a str, word: &str) -> Option<(String, &'a str)> {
    let rest = rest.trim_start();
    let (head, tail) = (rest.get(..word.len())?, rest.get(word.len()..)?);
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, parameters) = tail.trim_start().strip_prefix('<')?.split_once('>')?;
    let fit = address.len() <= 320 && address.chars().all(|letter| !letter.is_control());
    fit.then(|| (address.to_owned(), parameters))
}
