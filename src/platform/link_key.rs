//! The key that the passes in links are made with: one file in the data folder, made once, for its owner only. Whoever looks
//! beside the service finds the same one. Lacks a change of key: deleting the file ends every link that was ever sent.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::chance;

/// The file in the data folder.
const NAME: &str = "link-key";
/// How long it is.
const KEY_BYTES: usize = 32;

/// Why there is no key. Says which file, never what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum LinkKeyError {
    /// The file cannot be made or read.
    #[error("{doing} {path}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read it, so that it may be known.
    #[error(
        "{path} may be read by other users (mode {mode:04o}): whoever read it can leave and change every subscription. \
         Delete it, and a new one is made; links in mails that were sent are dead then"
    )]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is no key of ours.
    #[error("{path} holds no key of {KEY_BYTES} bytes: restore it, or delete it, and a new one is made")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
}

/// The key of a data folder; made where there is none. Of several processes that make it at once, one wins and all have its key.
pub fn load_or_make(data_dir: &Path) -> Result<[u8; KEY_BYTES], LinkKeyError> {
    let path = data_dir.join(NAME);
    if let Some(key) = load(&path)? {
        return Ok(key);
    }
    make(data_dir, &path).map_err(|source| LinkKeyError::File { doing: "making", path: path.clone(), source })?;
    load(&path)?.ok_or(LinkKeyError::NoKey { path })
}

fn load(path: &Path) -> Result<Option<[u8; KEY_BYTES]>, LinkKeyError> {
    let failed = |source| LinkKeyError::File { doing: "reading", path: path.to_owned(), source };
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed(why)),
    };
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(LinkKeyError::TooOpen { path: path.to_owned(), mode });
    }
    let no_key = || LinkKeyError::NoKey { path: path.to_owned() };
    if !metadata.is_file() {
        return Err(no_key());
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(KEY_BYTES + 1).unwrap_or(u64::MAX);
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    bytes.try_into().map(Some).map_err(|_| no_key())
}

/// Writes the whole key under another name first and then gives it its own, unless another process was quicker: a file of that
/// name is a whole key at every moment, and never replaced.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let aside = folder.join(format!(".{NAME}.{:016x}", chance::bits64()?));
    let kept = write_new(&aside).and_then(|()| match fs::hard_link(&aside, path) {
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&aside);
    kept?;
    removed?;
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path) -> io::Result<()> {
    let mut key = [0; KEY_BYTES];
    chance::fill(&mut key)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&key)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_to(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let key = load_or_make(&data).unwrap();
        assert_eq!(load_or_make(&data).unwrap(), key);
        assert_ne!(load_or_make(&folder.path().join("other")).unwrap(), key);
        let left: Vec<_> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [NAME]);
        assert_eq!(fs::metadata(data.join(NAME)).unwrap().permissions().mode() & 0o7777, 0o600);
    }

    #[test]
    fn processes_that_make_it_at_once_have_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let make = || load_or_make(folder.path()).unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_key_that_others_may_read_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        load_or_make(folder.path()).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            open_to(&folder.path().join(NAME), mode);
            let told = load_or_make(folder.path()).unwrap_err().to_string();
            assert!(told.contains(&format!("{mode:04o}")) && told.contains("Delete it"), "{told}");
        }
    }

    #[test]
    fn what_is_no_key_is_neither_used_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        for content in [&b""[..], b"short", &[1; KEY_BYTES + 1]] {
            fs::write(&path, content).unwrap();
            open_to(&path, 0o600);
            assert!(matches!(load_or_make(folder.path()), Err(LinkKeyError::NoKey { .. })));
            assert_eq!(fs::read(&path).unwrap(), content);
        }
    }
}
