//! One process at a time in a data folder: a lock that the system takes away with the process, however it ends, so that none is
//! ever left behind. Lacks any hold on programs that do not ask for it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The file in the folder.
const NAME: &str = "lock";
/// More than a process's number has digits.
const NUMBER_BYTES_MAX: u64 = 20;

/// A folder that is held until this is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a folder is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another tenderwatch{who} is at work in {folder}: stop it first, or name another data_dir")]
    Held {
        /// The folder.
        folder: PathBuf,
        /// Which process, where it said so.
        who: String,
    },
    /// The file cannot be made or locked.
    #[error("locking {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Lock {
    /// Takes the folder for this process alone, making it where it is missing.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(NAME);
        let failed = |source| LockError::File { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(&path);
        let mut file = opened.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held { folder: folder.to_owned(), who: holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        sign(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Says whose it is, for the message that another one will print. The lock itself does not depend on it.
fn sign(file: &mut File) -> io::Result<()> {
    file.rewind()?;
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(NUMBER_BYTES_MAX).read_to_string(&mut text);
    match text.trim().parse::<u32>() {
        Ok(number) if read.is_ok() => format!(" (process {number})"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_and_free_again_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let held = Lock::take(&data).unwrap();
        let refused = Lock::take(&data).unwrap_err();
        assert!(matches!(refused, LockError::Held { .. }), "{refused}");
        let told = refused.to_string();
        assert!(told.contains(&format!("process {}", std::process::id())) && told.contains("data"), "{told}");
        drop(held);
        Lock::take(&data).unwrap();
    }

    #[test]
    fn a_lock_file_that_was_left_behind_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), "4242 and more than a number").unwrap();
        Lock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let told = Lock::take(&file.join("data")).unwrap_err().to_string();
        assert!(told.contains("file/data/lock"), "{told}");
    }
}
