//! The addresses that stand in one receiver's copy alone: where a subscription is managed, left, confirmed. Who follows one is
//! let in by the pass at its end; no login, no token that is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Rooms;
use crate::channels::Links;
use crate::domain::pass::{self, Purpose};

/// Where a receiver manages a subscription and leaves it; nothing without a public address of ours.
#[must_use]
pub fn links(rooms: &Rooms, subscription: &str, receiver: &str, generation: u32) -> Option<Links> {
    let address = |purpose| address(rooms, purpose, subscription, receiver, generation);
    Some(Links { manage: address(Purpose::Manage)?, unsubscribe: address(Purpose::Leave)? })
}

/// The address for one purpose: `base_url/PURPOSE/SUBSCRIPTION/RECEIVER/PASS`, the receiver in base64url.
#[must_use]
pub fn address(rooms: &Rooms, purpose: Purpose, subscription: &str, receiver: &str, generation: u32) -> Option<String> {
    let base = &rooms.config.web.as_ref()?.base_url;
    let pass = pass::pass(&rooms.passes, purpose, subscription, receiver, generation);
    Some(format!("{base}/{}/{subscription}/{}/{pass}", purpose.word(), receiver_part(receiver)))
}

/// A receiver as it stands in an address.
#[must_use]
pub fn receiver_part(receiver: &str) -> String {
    URL_SAFE_NO_PAD.encode(receiver)
}

/// The inverse of [`receiver_part`].
#[must_use]
pub fn receiver_of(part: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_read_back_from_an_address() {
        for receiver in ["a@example.org", "名字@例子.中国", "feishu", ""] {
            let part = receiver_part(receiver);
            assert!(!part.contains(['/', '=', '+', '@']), "{part}");
            assert_eq!(receiver_of(&part).as_deref(), Some(receiver));
        }
        for part in ["=", "a b", "_w", "%"] {
            assert_eq!(receiver_of(part), None, "{part}");
        }
    }
}
