//! What a link permits: a code over purpose, subscription, receiver and generation under a key of this service alone. Nothing is
//! kept of a pass; raising the generation ends every one that was given out. Lacks an end in time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// How much of the code stands in a link: 192 bits, 32 characters.
const CODE_BYTES: usize = 24;

/// What the holder of a pass may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Say that the address is theirs and wants the subscription.
    Confirm,
    /// Look at the subscription and change it.
    Manage,
    /// End it.
    Leave,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Confirm, Self::Manage, Self::Leave];

    /// The word in addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Manage => "manage",
            Self::Leave => "leave",
        }
    }
}

/// The secret that passes are made with. It cannot print itself.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The pass for one purpose, subscription, receiver and generation.
#[must_use]
pub fn pass(key: &Key, purpose: Purpose, subscription: &str, receiver: &str, generation: u32) -> String {
    let code = code(key, purpose, subscription, receiver, generation).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode(code.get(..CODE_BYTES).unwrap_or(&code))
}

/// Whether a given text is that pass. Takes the same time wherever it differs.
#[must_use]
pub fn permits(key: &Key, purpose: Purpose, subscription: &str, receiver: &str, generation: u32, given: &str) -> bool {
    let Ok(given) = URL_SAFE_NO_PAD.decode(given) else { return false };
    let code = code(key, purpose, subscription, receiver, generation);
    given.len() == CODE_BYTES && code.verify_truncated_left(&given).is_ok()
}

/// Lengths keep `a, bc` from being `ab, c`.
fn code(key: &Key, purpose: Purpose, subscription: &str, receiver: &str, generation: u32) -> Hmac<Sha256> {
    let mut block = [0_u8; 64];
    for (place, byte) in block.iter_mut().zip(key.0) {
        *place = byte;
    }
    // A key that fills the block needs no hashing, and so cannot be of a wrong length.
    let mut code = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
    for part in [purpose.word(), subscription, receiver] {
        code.update(&part.len().to_be_bytes());
        code.update(part.as_bytes());
    }
    code.update(&generation.to_be_bytes());
    code
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> Key {
        Key::new([7; 32])
    }

    #[test]
    fn a_pass_is_for_one_purpose_subscription_receiver_generation_and_key() {
        let given = pass(&key(), Purpose::Leave, "s_1", "a@example.org", 3);
        let permits = |key: &Key, purpose, subscription, receiver, generation| {
            permits(key, purpose, subscription, receiver, generation, &given)
        };
        assert!(permits(&key(), Purpose::Leave, "s_1", "a@example.org", 3));
        assert!(!permits(&key(), Purpose::Manage, "s_1", "a@example.org", 3));
        assert!(!permits(&key(), Purpose::Leave, "s_2", "a@example.org", 3));
        assert!(!permits(&key(), Purpose::Leave, "s_1", "b@example.org", 3));
        assert!(!permits(&key(), Purpose::Leave, "s_1a", "@example.org", 3));
        assert!(!permits(&key(), Purpose::Leave, "s_1", "a@example.org", 4));
        assert!(!permits(&Key::new([8; 32]), Purpose::Leave, "s_1", "a@example.org", 3));
    }

    #[test]
    fn a_pass_stands_in_an_address_as_it_is_and_is_long_enough_not_to_be_guessed() {
        for purpose in Purpose::ALL {
            let given = pass(&key(), purpose, "morning", "a@example.org", 0);
            assert_eq!(given.len(), 32);
            assert!(given.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{given}");
        }
    }

    #[test]
    fn neither_less_nor_more_than_a_pass_is_one() {
        let given = pass(&key(), Purpose::Manage, "morning", "a@example.org", 0);
        for other in ["", &given[..28], &format!("{given}AAAA"), &format!("{given}=")] {
            assert!(!permits(&key(), Purpose::Manage, "morning", "a@example.org", 0, other), "{other}");
        }
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(format!("{:?}", Some(key())), "Some(…)");
    }

    proptest! {
        #[test]
        fn no_text_is_a_pass_by_chance(given in ".{0,40}") {
            prop_assert!(!permits(&key(), Purpose::Leave, "s_1", "a@example.org", 0, &given));
        }
    }
}
