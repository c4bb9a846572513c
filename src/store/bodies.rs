//! Raw bodies: every figure can be followed down to the bytes it was read from. Deflated, once per content.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::open::hex;
use super::values::{At, Count};
use super::{Reader, StoreError, Writer};

statements! {
    BODY = "SELECT bytes, packed FROM bodies WHERE hash = ?1";
    KNOWN = "SELECT 1 FROM bodies WHERE hash = ?1";
    KEEP = "INSERT INTO bodies (hash, bytes, packed, kept_at) VALUES (?1, ?2, ?3, ?4)";
    BODIES_OF = "SELECT DISTINCT body_hash FROM notice_versions JOIN notices ON notices.id = notice_versions.notice
                 WHERE notices.source = ?1 AND notices.native_id = ?2 ORDER BY version";
}

impl Reader<'_> {
    /// The bytes with this SHA-256, checked against it: a damaged body is an error, never a different text.
    pub fn body(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(BODY)?;
        let found = statement.query_row([hash], |row| Ok((row.get::<_, Count>(0)?, row.get::<_, Vec<u8>>(1)?)));
        let Some((Count(bytes), packed)) = found.optional()? else { return Ok(None) };
        let mut body = Vec::new();
        let unpacked = DeflateDecoder::new(packed.as_slice()).take(bytes + 1).read_to_end(&mut body);
        if unpacked.is_err() || hex(&Sha256::digest(&body)) != hash {
            return Err(StoreError::Damaged { what: format!("body {hash}") });
        }
        Ok(Some(body))
    }

    /// The hashes of the bodies that a notice's versions were read from, oldest first.
    pub fn bodies_of(&self, id: &crate::domain::project::NoticeId) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(BODIES_OF)?;
        let rows = statement.query_map([&id.source, &id.native_id], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Keeps a body and returns its SHA-256 in hex. A body that is kept already costs one look.
    pub fn keep_body(&self, body: &[u8], now: Timestamp) -> Result<String, StoreError> {
        let hash = hex(&Sha256::digest(body));
        if self.connection.prepare_cached(KNOWN)?.exists([&hash])? {
            return Ok(hash);
        }
        let packed =
            deflate(body).map_err(|why| StoreError::Unreadable { what: format!("a body to be kept ({why})") })?;
        self.connection.prepare_cached(KEEP)?.execute(params![hash, Count::of(body.len()), packed, At(now)])?;
        Ok(hash)
    }
}

fn deflate(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(body)?;
    packer.finish()
}
