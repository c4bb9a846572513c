//! What a webhook is signed with, in the notation of the Standard Webhooks specification: a secret that both sides hold
//! (`whsec_`, HMAC-SHA256, `v1`), or a private key of ours (`whsk_`, ed25519, `v1a`) whose public half (`whpk_`) the receiver
//! verifies with. Signs the exact bytes that are sent; makes no keys.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::platform::secret::Secret;

/// What a shared secret begins with.
const SHARED_PREFIX: &str = "whsec_";
/// What a private key begins with.
const PRIVATE_PREFIX: &str = "whsk_";
/// What a public key begins with.
const PUBLIC_PREFIX: &str = "whpk_";

/// How many bytes a shared secret may have, by the specification.
const SHARED_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Keys are handed around with and without their padding; the reference libraries take both.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key, ready to sign.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// Held by both sides.
    Shared(Vec<u8>),
    /// Held by us alone.
    Private(SigningKey),
}

/// It cannot print itself.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Key {
    /// Reads a key; what is wrong with it is said without saying it.
    pub(super) fn read(secret: &Secret) -> Result<Self, String> {
        let text = secret.reveal().trim();
        if text.starts_with(PUBLIC_PREFIX) {
            return Err(format!(
                "it is a public key ({PUBLIC_PREFIX}…), and only its private half ({PRIVATE_PREFIX}…) can sign"
            ));
        }
        match text.strip_prefix(PRIVATE_PREFIX) {
            Some(private) => Ok(Self::Private(private_key(private)?)),
            None => shared(text.strip_prefix(SHARED_PREFIX).unwrap_or(text)).map(Self::Shared),
        }
    }

    /// The signature of `id.timestamp.body` with its identifier before it: `v1,…` or `v1a,…`.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<String, String> {
        let mut signed = format!("{id}.{timestamp}.").into_bytes();
        signed.extend_from_slice(body);
        match self {
            Self::Shared(key) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| error.to_string())?;
                mac.update(&signed);
                Ok(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
            }
            Self::Private(key) => Ok(format!("v1a,{}", BASE64_STANDARD.encode(key.sign(&signed).to_bytes()))),
        }
    }

    /// What the receiver verifies with, where it may be seen: the public half of a private key.
    pub(super) fn public(&self) -> Option<String> {
        let Self::Private(key) = self else { return None };
        Some(format!("{PUBLIC_PREFIX}{}", BASE64_STANDARD.encode(key.verifying_key().to_bytes())))
    }
}

fn shared(text: &str) -> Result<Vec<u8>, String> {
    let key = ANY_PADDING
        .decode(text)
        .map_err(|_| format!("it must be {SHARED_PREFIX} (shared) or {PRIVATE_PREFIX} (ed25519) followed by base64"))?;
    if SHARED_BYTES.contains(&key.len()) {
        return Ok(key);
    }
    Err(format!(
        "a shared secret must hold {} to {} bytes, this one holds {}: make one with \
         `echo \"{SHARED_PREFIX}$(openssl rand -base64 32)\"`",
        SHARED_BYTES.start(),
        SHARED_BYTES.end(),
        key.len()
    ))
}

/// A private key is its 32 bytes of seed, or those followed by the 32 of its public half, as some libraries keep it.
fn private_key(text: &str) -> Result<SigningKey, String> {
    let bytes =
        ANY_PADDING.decode(text).map_err(|_| format!("a private key must be {PRIVATE_PREFIX} followed by base64"))?;
    if let Ok(seed) = <[u8; 32]>::try_from(bytes.as_slice()) {
        return Ok(SigningKey::from_bytes(&seed));
    }
    if let Ok(pair) = <[u8; 64]>::try_from(bytes.as_slice()) {
        return SigningKey::from_keypair_bytes(&pair)
            .map_err(|_| "the two halves of the private key do not belong together".to_owned());
    }
    Err(format!(
        "a private key must hold 32 bytes, or 64 with its public half, this one holds {}: make one with \
         `echo \"{PRIVATE_PREFIX}$(openssl rand -base64 32)\"`",
        bytes.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first key of RFC 8032 section 7.1, as a seed, as a pair, and its public half.
    const SEED: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    const PAIR: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==";
    const PUBLIC: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    fn key(text: &str) -> Key {
        Key::read(&Secret::new(text)).unwrap()
    }

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks reference libraries.
        let signed = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#)
            .unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_private_key_signs_what_the_specification_says_is_signed() {
        // The content of the specification's example, signed by PyNaCl with the same key.
        let body = br#"{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52-5198-4599-803e-771906343485"}}"#;
        let signed = key(SEED).sign("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1_674_087_231, body).unwrap();
        assert_eq!(
            signed,
            "v1a,pbpYBMlty2hExn4zt0UTGb6BaP2Vq5AfyzjB9GGV3x/wCJKd8UjOCf8Qhaji6TKY9C5eNMnlF0GG4udaO6B7Ag=="
        );
    }

    #[test]
    fn a_private_key_shows_its_public_half_and_a_shared_secret_nothing() {
        assert_eq!(key(SEED).public().as_deref(), Some(PUBLIC));
        assert_eq!(key(PAIR), key(SEED));
        assert_eq!(key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").public(), None);
        assert_eq!(format!("{:?}", key(SEED)), "…");
    }

    #[test]
    fn a_key_may_come_without_its_padding() {
        assert_eq!(key(SEED.trim_end_matches('=')), key(SEED));
        let padded = key("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        assert_eq!(padded, key("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"));
        assert_eq!(padded, Key::Shared((0..32).collect()));
    }

    #[test]
    fn a_key_that_cannot_be_right_is_refused_without_being_said() {
        let strangers = PAIR.replace("DXWpgB", "DXWpgC");
        for (text, remedy) in [
            ("whsec_short", "base64"),
            ("whsec_äöü-not-base64", "base64"),
            ("", "whsec_"),
            ("whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", "openssl"),
            ("whsk_???", "whsk_"),
            (PUBLIC, "private"),
            (&strangers, "belong together"),
        ] {
            let error = Key::read(&Secret::new(text)).unwrap_err();
            let told = text.split_once('_').map_or("nothing", |(_, key)| key);
            assert!(error.contains(remedy) && !error.contains(told), "{text}: {error}");
        }
    }
}
