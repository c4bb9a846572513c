//! Reads a body piece by piece, under a cap on its decompressed size and a deadline. Tells a whole body from a cut one.

use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::client::reasons;

/// A body and how it ended.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
}

/// How a body ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// As its framing said.
    Whole,
    /// It was larger than allowed; what was read of it is there.
    TooLarge,
    /// The connection or the compressed stream broke off, or the deadline passed.
    Cut(String),
}

impl Body {
    /// The body of an answer whose status says all.
    pub(super) fn unread() -> Self {
        Self { bytes: Vec::new(), end: End::Whole }
    }
}

/// Reads until the end, the cap or the deadline, whichever comes first.
pub(super) async fn read(mut response: Response, bytes_max: usize, deadline: Instant) -> Body {
    let mut bytes = Vec::new();
    let end = loop {
        match timeout_at(deadline, response.chunk()).await {
            Err(_) => break End::Cut("the body did not end in time".to_owned()),
            Ok(Err(error)) => break End::Cut(reasons(&error)),
            Ok(Ok(None)) => break End::Whole,
            Ok(Ok(Some(piece))) => {
                let room = bytes_max.saturating_sub(bytes.len());
                bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
                if piece.len() > room {
                    break End::TooLarge;
                }
            }
        }
    };
    Body { bytes, end }
}
