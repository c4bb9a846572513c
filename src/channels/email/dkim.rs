//! Signs a finished mail (DKIM, <https://www.rfc-editor.org/rfc/rfc6376>; Ed25519 by RFC 8463), relaxed/relaxed, over its bytes.
//! The signature's time is the message's and it never expires, so that every attempt sends the same bytes: a mail may be held
//! for a month, and an exchanged key stays published for as long.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::SigningKey;
use sha2::{Digest as _, Sha256};

use super::settings::Dkim;
use crate::domain::return_path::is_aligned;
use crate::platform::secret::Secret;

/// What is signed, where it is there. Content-Type is not: relays rewrite it, and it says nothing that the body's hash does not
/// guard. RFC 8058 asks for both of List-Unsubscribe.
const SIGNED: [&str; 12] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "References",
    "In-Reply-To",
    "MIME-Version",
    "Auto-Submitted",
];

/// What is signed once more than it is there: a second one, put in on the way, breaks the signature.
const SEALED: [&str; 3] = ["From", "To", "Subject"];

/// How many digits of a signature stand in a line.
const LINE_CHARS: usize = 72;

/// The keys that receivers verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rsa,
    Ed25519,
}

impl Algorithm {
    fn word(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }

    fn scheme(self) -> SignatureScheme {
        match self {
            Self::Rsa => SignatureScheme::RSA_PKCS1_SHA256,
            Self::Ed25519 => SignatureScheme::ED25519,
        }
    }
}

/// A key with its name, ready to sign.
pub(super) struct Signing {
    selector: String,
    domain: String,
    algorithm: Algorithm,
    key: Arc<dyn SigningKey>,
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing").field("domain", &self.domain).finish_non_exhaustive()
    }
}

/// The DNS record that publishes the key of a signing domain: its name and its text.
pub fn record(settings: &Dkim) -> Result<(String, String), String> {
    let signing = Signing::build(settings, &settings.domain)?;
    let public = signing.public()?;
    let name = format!("{}._domainkey.{}", signing.selector, signing.domain);
    Ok((name, format!("v=DKIM1; k={}; p={}", signing.algorithm.word(), BASE64_STANDARD.encode(public))))
}

/// Whether a text holds a key that mail can be signed with; what is wrong otherwise, without a word of the key.
pub fn check_key(key: &Secret) -> Result<(), String> {
    load(key).map(drop)
}

fn load(key: &Secret) -> Result<(Algorithm, Arc<dyn SigningKey>), String> {
    let der = PrivateKeyDer::from_pem_slice(key.reveal().as_bytes())
        .map_err(|_| "the DKIM key is no private key in PEM: -----BEGIN PRIVATE KEY----- or RSA PRIVATE KEY")?;
    let key = rustls::crypto::aws_lc_rs::default_provider()
        .key_provider
        .load_private_key(der)
        .map_err(|_| "the DKIM key cannot be read: give RSA of 2048 bits or more, or Ed25519, without a passphrase")?;
    let algorithm = [Algorithm::Rsa, Algorithm::Ed25519]
        .into_iter()
        .find(|algorithm| key.choose_scheme(&[algorithm.scheme()]).is_some())
        .ok_or("the DKIM key is neither RSA nor Ed25519")?;
    Ok((algorithm, key))
}

impl Signing {
    /// Reads the key; `from` is the sender's domain.
    pub(super) fn build(settings: &Dkim, from: &str) -> Result<Self, String> {
        if !is_aligned(&settings.domain, from) {
            return Err(format!("the DKIM domain {} is not aligned with the sender's, {from}", settings.domain));
        }
        let (algorithm, key) = load(&settings.key)?;
        let signing = Self { selector: settings.selector.clone(), domain: settings.domain.clone(), algorithm, key };
        // A key too short to sign with is a mistake now, not at the first mail.
        signing.signature(b"").map(|_| signing)
    }

    /// The public key as DNS publishes it: for RSA with its frame, for Ed25519 the 32 bytes alone.
    fn public(&self) -> Result<Vec<u8>, String> {
        let framed = self.key.public_key().ok_or("the DKIM key's public half is not known")?;
        let framed = framed.as_ref();
        match self.algorithm {
            Algorithm::Rsa => Ok(framed.to_vec()),
            Algorithm::Ed25519 => {
                let start = framed.len().checked_sub(32).and_then(|start| framed.get(start..));
                start.map(<[u8]>::to_vec).ok_or_else(|| "the DKIM key's public half is too short".to_owned())
            }
        }
    }

    fn signature(&self, signed: &[u8]) -> Result<Vec<u8>, String> {
        let signer = self.key.choose_scheme(&[self.algorithm.scheme()]).ok_or("the DKIM key cannot sign")?;
        let signature = match self.algorithm {
            Algorithm::Rsa => signer.sign(signed),
            // RFC 8463: the hash is signed, not the text.
            Algorithm::Ed25519 => signer.sign(&Sha256::digest(signed)),
        };
        signature.map_err(|_| "the DKIM key cannot sign: RSA needs 2048 bits or more".to_owned())
    }

    /// The mail with its signature as the first header.
    pub(super) fn sign(&self, mail: &[u8], at: Timestamp) -> Result<Vec<u8>, String> {
        let text = std::str::from_utf8(mail).map_err(|_| "the mail is not text")?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or("the mail has no body")?;
        let fields = fields(head);
        let mut names = Vec::new();
        let mut signed = String::new();
        for name in SIGNED {
            let found = fields.iter().find(|field| field_name(field).eq_ignore_ascii_case(name));
            if let Some(field) = found {
                names.push(name.to_ascii_lowercase());
                signed.push_str(&relaxed_field(field));
                signed.push_str("\r\n");
            }
        }
        names.extend(SEALED.map(str::to_ascii_lowercase));
        let hash = BASE64_STANDARD.encode(Sha256::digest(relaxed_body(body)));
        // Folded where a list allows it: no line grows with the number of headers.
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}-sha256; c=relaxed/relaxed; d={}; s={};\r\n t={}; h={};\r\n bh={hash};\r\n b=",
            self.algorithm.word(),
            self.domain,
            self.selector,
            at.as_second(),
            names.join(":\r\n  "),
        );
        signed.push_str(&relaxed_field(&unsigned));
        let signature = BASE64_STANDARD.encode(self.signature(signed.as_bytes())?);
        let mut head = unsigned;
        for (at, digit) in signature.chars().enumerate() {
            if at > 0 && at % LINE_CHARS == 0 {
                head.push_str("\r\n ");
            }
            head.push(digit);
        }
        // Writing into a String cannot fail.
        let _ = write!(head, "\r\n{text}");
        Ok(head.into_bytes())
    }
}

/// The header fields, each with its folded lines.
fn fields(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push_str("\r\n");
                last.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

fn field_name(field: &str) -> &str {
    field.split_once(':').map_or(field, |(name, _)| name.trim_end())
}

/// RFC 6376 section 3.4.2: the name in small letters, one blank for any run of them and for a fold, none at the ends.
fn relaxed_field(field: &str) -> String {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.trim_end().to_ascii_lowercase(), words.join(" "))
}

/// RFC 6376 section 3.4.4: one blank for any run of them, none at the end of a line, no empty lines at the end.
fn relaxed_body(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut blank_lines = 0;
    for line in body.split("\r\n") {
        let words: Vec<&str> = line.split([' ', '\t']).collect();
        let mut relaxed = String::with_capacity(line.len());
        for (at, word) in words.iter().enumerate() {
            if at > 0 && !relaxed.ends_with(' ') {
                relaxed.push(' ');
            }
            relaxed.push_str(word);
        }
        let relaxed = relaxed.trim_end_matches(' ');
        if relaxed.is_empty() {
            blank_lines += 1;
            continue;
        }
        out.push_str(&"\r\n".repeat(std::mem::take(&mut blank_lines)));
        out.push_str(relaxed);
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_body_are_relaxed_as_the_standard_shows_it() {
        // The example of RFC 6376 section 3.4.5.
        assert_eq!(relaxed_field("A: X"), "a:X");
        assert_eq!(relaxed_field("B : Y\t\r\n\tZ  "), "b:Y Z");
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_body("a\r\n\r\nb"), "a\r\n\r\nb\r\n");
        assert_eq!(relaxed_body("\r\n\r\n"), "");
    }

    #[test]
    fn a_key_that_is_none_is_said_without_a_word_of_it() {
        for text in ["hunter2", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"] {
            let error = check_key(&Secret::new(text)).unwrap_err();
            assert!(error.contains("DKIM key") && !error.contains("unter2") && !error.contains("aHVu"), "{error}");
        }
    }

    #[test]
    fn a_domain_of_somebody_else_does_not_sign() {
        let settings = Dkim { selector: "a".into(), domain: "example.com".into(), key: Secret::new("none") };
        assert!(Signing::build(&settings, "example.org").unwrap_err().contains("aligned"));
    }
}
