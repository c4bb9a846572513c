//! Both directions of a mail conversation, line by line, within bounds of length and patience.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::MESSAGE_BYTES_MAX;

/// The longest command line, generously above RFC 5321's 512.
pub(super) const COMMAND_BYTES_MAX: usize = 2048;
/// The longest line of a message; RFC 5321 allows 1000, senders are not always so strict.
const TEXT_LINE_BYTES_MAX: usize = 64 * 1024;
/// Patience with a silent client.
const PATIENCE: Duration = Duration::from_mins(1);

/// What DATA brought.
pub(super) enum Body {
    Whole(Vec<u8>),
    TooLarge,
    BrokenOff,
}

/// Both directions of a conversation, line by line, within bounds.
pub(super) struct Line<R, W> {
    pub(super) reader: R,
    pub(super) writer: W,
}

impl<R: AsyncBufRead + Unpin, W: AsyncWriteExt + Unpin> Line<R, W> {
    pub(super) async fn say(&mut self, answer: &str) -> io::Result<()> {
        let bytes = format!("{answer}\r\n");
        timeout(PATIENCE, self.writer.write_all(bytes.as_bytes())).await.map_err(|_| io::ErrorKind::TimedOut)?
    }

    /// The next command without its line end; none when the client is gone. A line that is too long ends the conversation.
    pub(super) async fn command(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = self.line(COMMAND_BYTES_MAX).await?;
        match line.strip_suffix(b"\n") {
            Some(line) => Ok(Some(line.strip_suffix(b"\r").unwrap_or(line).to_vec())),
            None if line.len() >= COMMAND_BYTES_MAX => {
                self.say("500 5.5.2 line too long").await?;
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// The message up to the lonely dot, dots unstuffed.
    pub(super) async fn body(&mut self) -> io::Result<Body> {
        let mut body = Vec::new();
        let mut whole = true;
        let mut at_start = true;
        loop {
            let line = self.line(TEXT_LINE_BYTES_MAX).await?;
            if line.is_empty() {
                return Ok(Body::BrokenOff);
            }
            if at_start && (line == b".\r\n" || line == b".\n") {
                return Ok(if whole { Body::Whole(body) } else { Body::TooLarge });
            }
            let text = if at_start { line.strip_prefix(b".").unwrap_or(&line) } else { &line };
            at_start = line.ends_with(b"\n");
            if body.len() + text.len() > MESSAGE_BYTES_MAX {
                whole = false;
                body = Vec::new();
            }
            if whole {
                body.extend_from_slice(text);
            }
        }
    }

    async fn line(&mut self, max: usize) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let limit = u64::try_from(max).unwrap_or(u64::MAX);
        let mut bounded = (&mut self.reader).take(limit);
        let reading = bounded.read_until(b'\n', &mut line);
        timeout(PATIENCE, reading).await.map_err(|_| io::ErrorKind::TimedOut)??;
        Ok(line)
    }
}
