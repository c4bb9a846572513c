//! Files put into a folder so that nobody sees half of one: written under a hidden name, made to last, renamed. A failure names
//! the path and says whether waiting may help.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use crate::domain::delivery::Outcome;

/// Owner and group may read: a folder with a group of its own is how another user gets the messages.
const MODE: u32 = 0o640;

/// Writes the files in order. What was written before a failure stays and is written again the next time.
pub(super) fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Outcome {
    for (name, bytes) in files {
        if let Err(error) = put(folder, name, bytes) {
            return failed(&folder.join(name), folder, &error);
        }
    }
    // The names must last as well as what they name.
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Ok(()) => Outcome::Accepted,
        Err(error) => failed(folder, folder, &error),
    }
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.part"));
    // Left behind by a crash, or laid there to lead elsewhere: it is removed, never written through.
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = finish(&unfinished, bytes).and_then(|()| std::fs::rename(&unfinished, folder.join(name)));
    if written.is_err() {
        // It may hold what a full disk needs; if it cannot be removed now, the next attempt does it.
        drop(std::fs::remove_file(&unfinished));
    }
    written
}

fn finish(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)?;
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Somebody must act where the folder is not there or not ours; a full disk may be emptied by itself.
fn failed(path: &Path, folder: &Path, error: &io::Error) -> Outcome {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "make the folder",
        ErrorKind::PermissionDenied => "let the service's user write there",
        ErrorKind::ReadOnlyFilesystem => "name it in ReadWritePaths= of the unit",
        ErrorKind::NotADirectory => "it must be a folder",
        ErrorKind::IsADirectory => "a folder stands in the file's place",
        _ => {
            return Outcome::Later { why: format!("writing {}: {error}", path.display()), retry_after: None };
        }
    };
    Outcome::Misconfigured { why: format!("writing {} into {}: {error}: {remedy}", path.display(), folder.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_waited_for_and_a_missing_folder_is_told() {
        let failed = |error: io::Error| failed(Path::new("/m/d.json"), Path::new("/m"), &error);
        for code in [28, 122, 5] {
            let outcome = failed(io::Error::from_raw_os_error(code));
            assert!(matches!(&outcome, Outcome::Later { why, .. } if why.contains("/m/d.json")), "{outcome:?}");
        }
        for code in [2, 13, 20, 21, 30] {
            let outcome = failed(io::Error::from_raw_os_error(code));
            assert!(matches!(&outcome, Outcome::Misconfigured { why } if why.contains("/m/d.json")), "{outcome:?}");
        }
    }
}
