//! Whether the files that a configuration points to can be read and hold what they should. Says which file, never what
//! stands in it.

use std::fs::File;
use std::io::Read;

use crate::channels::email::dkim;
use crate::channels::webhook;
use crate::platform::secret::Secret;

use super::mistake::{Mistake, Sort};
use super::values;
use super::walk::{Holds, Pointer};

/// What is wrong with the file, if anything.
pub(super) fn check(pointer: &Pointer) -> Option<Mistake> {
    let (message, expected, remedy) = match pointer.holds {
        Holds::WebhookKey if secret(pointer).is_ok() => (
            signing_key(pointer).err()?,
            "a signing key, whsec_… (shared) or whsk_… (ed25519)",
            "make one with echo \"whsk_$(openssl rand -base64 32)\"",
        ),
        Holds::Secret | Holds::WebhookKey => (
            secret(pointer).err()?,
            "a small text file that only this user may read",
            "make one with chmod 600 that belongs to the service's user, or pass it with LoadCredential=",
        ),
        Holds::Address => {
            (address(pointer).err()?, "a file with one web address, https://…", "put the address alone in it")
        }
        Holds::SigningKey => (
            mail_key(pointer).err()?,
            "a private key in PEM: RSA of 2048 bits or more, or Ed25519",
            "make one with openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048, for the service's user alone",
        ),
        Holds::Certificates => {
            (certificates(pointer).err()?, "a PEM file", "name the file with -----BEGIN CERTIFICATE-----")
        }
    };
    let (expected, remedy) = (expected.to_owned(), remedy.to_owned());
    Some(Mistake { span: pointer.span.clone(), message, expected, remedy, sort: Sort::Here })
}

fn secret(pointer: &Pointer) -> Result<Secret, String> {
    Secret::read(&pointer.path).map_err(|error| error.to_string())
}

fn signing_key(pointer: &Pointer) -> Result<(), String> {
    let found = webhook::public_key(&secret(pointer)?);
    found.map(drop).map_err(|what| format!("{} holds no signing key: {what}", pointer.path.display()))
}

fn address(pointer: &Pointer) -> Result<(), String> {
    let secret = secret(pointer)?;
    let found = values::web_address(secret.reveal());
    found.map(drop).ok_or_else(|| format!("{} holds no web address", pointer.path.display()))
}

fn mail_key(pointer: &Pointer) -> Result<(), String> {
    let key = secret(pointer)?;
    dkim::check_key(&key).map_err(|why| format!("{}: {why}", pointer.path.display()))
}

fn certificates(pointer: &Pointer) -> Result<(), String> {
    let path = pointer.path.display();
    let mut start = Vec::new();
    File::open(&pointer.path)
        .and_then(|file| file.take(1024 * 1024).read_to_end(&mut start))
        .map_err(|error| format!("reading {path}: {error}"))?;
    let is_pem = String::from_utf8_lossy(&start).contains("-----BEGIN CERTIFICATE-----");
    if is_pem { Ok(()) } else { Err(format!("{path} holds no certificate")) }
}
