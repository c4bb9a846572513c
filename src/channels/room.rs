//! What the rooms of chat platforms have in common: the address of a bot, perhaps a secret, a wait.

use std::time::Duration;

use crate::platform::secret::Secret;

/// A room.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's address: it is a token, so it is kept like a secret.
    pub url: Secret,
    /// The key to sign with, where the room asks for it.
    pub secret: Option<Secret>,
    /// Whether the address may be private, for a test or a gateway of one's own.
    pub allow_private: bool,
    /// How long a request may take.
    pub timeout: Duration,
}

impl Settings {
    /// How long a request may take unless the configuration says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(15);

    /// A room without signatures, on the public internet.
    pub fn new(url: Secret) -> Self {
        Self { url, secret: None, allow_private: false, timeout: Self::TIMEOUT }
    }
}
