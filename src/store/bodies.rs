//! Raw bodies: every figure can be followed down to the bytes it was read from. Deflated, once per content.

use std::cell::RefCell;
use std::io::Read as _;

use flate2::read::DeflateDecoder;
use flate2::{Compress, CompressError, Compression, FlushCompress, Status};
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
}

/// How hard bodies are packed: the levels above take twice the time for a twentieth less.
const PACKING: Compression = Compression::new(2);

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
}

/// A body ready to be kept. It can be made on any core, before the writer is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedBody {
    /// Its SHA-256 in hex.
    pub hash: String,
    bytes: usize,
    packed: Vec<u8>,
}

impl PackedBody {
    /// Packs a body.
    pub fn of(body: &[u8]) -> Result<Self, StoreError> {
        let packed =
            deflate(body).map_err(|why| StoreError::Unreadable { what: format!("a body to be kept ({why})") })?;
        Ok(Self { hash: hex(&Sha256::digest(body)), bytes: body.len(), packed })
    }
}

impl Writer<'_> {
    /// Keeps a body and returns its SHA-256 in hex. A body that is kept already costs one look.
    pub fn keep_body(&self, body: &[u8], now: Timestamp) -> Result<String, StoreError> {
        let hash = hex(&Sha256::digest(body));
        if !self.is_body_kept(&hash)? {
            self.put_body(&PackedBody::of(body)?, now)?;
        }
        Ok(hash)
    }

    /// The same of a body that was packed before.
    pub fn keep_packed_body(&self, body: &PackedBody, now: Timestamp) -> Result<(), StoreError> {
        if self.is_body_kept(&body.hash)? { Ok(()) } else { self.put_body(body, now) }
    }

    fn is_body_kept(&self, hash: &str) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(KNOWN)?.exists([hash])?)
    }

    fn put_body(&self, body: &PackedBody, now: Timestamp) -> Result<(), StoreError> {
        let PackedBody { hash, bytes, packed } = body;
        self.connection.prepare_cached(KEEP)?.execute(params![hash, Count::of(*bytes), packed, At(now)])?;
        Ok(())
    }
}

thread_local! {
    /// The packer of this thread: making one costs as much as packing a page.
    static PACKER: RefCell<Compress> = RefCell::new(Compress::new(PACKING, false));
}

fn deflate(body: &[u8]) -> Result<Vec<u8>, CompressError> {
    PACKER.with_borrow_mut(|packer| {
        packer.reset();
        let mut packed = Vec::with_capacity(body.len() / 2 + 64);
        loop {
            let done = usize::try_from(packer.total_in()).unwrap_or(usize::MAX);
            let rest = body.get(done..).unwrap_or_default();
            if packer.compress_vec(rest, &mut packed, FlushCompress::Finish)? == Status::StreamEnd {
                return Ok(packed);
            }
            packed.reserve(packed.len().max(64));
        }
    })
}
