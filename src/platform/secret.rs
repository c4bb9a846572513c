//! Secrets are read from files of their own and cannot print themselves. They are never in the configuration, the
//! environment or a log line; nothing here wipes memory after use.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The largest secret file: a key file is smaller by far.
pub const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Where systemd puts what `LoadCredential=` names.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// A text that must not be seen. `Debug` and `Display` print `…`.
#[derive(Clone)]
pub struct Secret(String);

/// Why a secret cannot be read. Says which file, never what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A bare name, but no folder to look it up in.
    #[error(
        "the secret {name:?} is a bare name, and $CREDENTIALS_DIRECTORY is not set: \
         start the service with LoadCredential={name}:/path/to/file, or give an absolute path"
    )]
    NoCredentialsDirectory {
        /// The name.
        name: String,
    },
    /// A path that depends on where the program was started.
    #[error("the secret {path} must be an absolute path, or a bare name that systemd's LoadCredential= defines")]
    Relative {
        /// The path.
        path: PathBuf,
    },
    /// Not there, or not for us.
    #[error("reading the secret {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("the secret {path} must be a plain file")]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// Others may read it.
    #[error("the secret {path} may be read by other users (mode {mode:04o}): run chmod 600 {path}")]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a secret by its size.
    #[error("the secret {path} is larger than {SECRET_BYTES_MAX} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Not text.
    #[error("the secret {path} is not UTF-8 text")]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// Nothing in it.
    #[error("the secret {path} is empty")]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

impl Secret {
    /// Wraps a text that was a secret elsewhere, as in a test or a demonstration.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Reads a secret file, without its last line break: an absolute path, or a bare name that is looked up where
    /// systemd puts credentials. Outside that folder a file that other users may read is refused.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let credentials = std::env::var_os(CREDENTIALS_DIRECTORY).map(PathBuf::from);
        Self::read_with(path, credentials.as_deref())
    }

    fn read_with(path: &Path, credentials: Option<&Path>) -> Result<Self, SecretError> {
        let file = locate(path, credentials)?;
        // systemd's own files stay as it made them: some versions give the group a read bit.
        let guarded = credentials.is_some_and(|folder| file.starts_with(folder));
        let text = read_text(&file, guarded)?;
        let text = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        if text.is_empty() {
            return Err(SecretError::Empty { path: file });
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret itself. Call it where the bytes leave the process, and nowhere before.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

fn locate(path: &Path, credentials: Option<&Path>) -> Result<PathBuf, SecretError> {
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    let bare = path.file_name().is_some_and(|name| name == path.as_os_str());
    match (bare, credentials) {
        (false, _) => Err(SecretError::Relative { path: path.to_owned() }),
        (true, Some(folder)) => Ok(folder.join(path)),
        (true, None) => Err(SecretError::NoCredentialsDirectory { name: path.display().to_string() }),
    }
}

fn read_text(path: &Path, guarded: bool) -> Result<String, SecretError> {
    let unreadable = |source| SecretError::Unreadable { path: path.to_owned(), source };
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let before = std::fs::metadata(path).map_err(unreadable)?;
    check(path, &before, guarded)?;
    let file = File::open(path).map_err(unreadable)?;
    check(path, &file.metadata().map_err(unreadable)?, guarded)?;
    let mut bytes = Vec::new();
    file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > SECRET_BYTES_MAX {
        return Err(SecretError::TooLarge { path: path.to_owned() });
    }
    String::from_utf8(bytes).map_err(|_| SecretError::NotText { path: path.to_owned() })
}

fn check(path: &Path, metadata: &Metadata, guarded: bool) -> Result<(), SecretError> {
    if !metadata.is_file() {
        return Err(SecretError::NotAFile { path: path.to_owned() });
    }
    let mode = metadata.permissions().mode() & 0o7777;
    if !guarded && mode & 0o077 != 0 {
        return Err(SecretError::TooOpen { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, content: &[u8], mode: u32) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "… … Some(…)");
    }

    #[test]
    fn one_line_break_at_the_end_is_not_part_of_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        for (content, secret) in [("s", "s"), ("s\n", "s"), ("s\r\n", "s"), ("s\n\n", "s\n"), (" s ", " s ")] {
            let path = file(folder.path(), "password", content.as_bytes(), 0o600);
            assert_eq!(Secret::read_with(&path, None).unwrap().reveal(), secret);
        }
    }

    #[test]
    fn a_bare_name_is_looked_up_among_the_credentials() {
        let folder = tempfile::tempdir().unwrap();
        file(folder.path(), "smtp", b"s", 0o440);
        let read = |name: &str, folder| Secret::read_with(Path::new(name), folder);
        assert_eq!(read("smtp", Some(folder.path())).unwrap().reveal(), "s");
        let alone = read("smtp", None).unwrap_err();
        assert!(alone.to_string().contains("LoadCredential=smtp:"), "{alone}");
        assert!(matches!(read("a/smtp", Some(folder.path())), Err(SecretError::Relative { .. })));
        assert!(matches!(read("../smtp", Some(folder.path())), Err(SecretError::Relative { .. })));
        assert!(matches!(read("..", Some(folder.path())), Err(SecretError::Relative { .. })));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o640, 0o604, 0o660, 0o644] {
            let path = file(folder.path(), "password", b"s", mode);
            let told = Secret::read_with(&path, None).unwrap_err().to_string();
            assert!(told.contains("chmod 600") && told.contains(&format!("{mode:04o}")), "{told}");
        }
    }

    #[test]
    fn what_is_not_a_small_text_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let read = |path: &Path| Secret::read_with(path, None);
        assert!(matches!(read(folder.path()), Err(SecretError::NotAFile { .. })));
        assert!(matches!(read(&folder.path().join("none")), Err(SecretError::Unreadable { .. })));
        let cap = usize::try_from(SECRET_BYTES_MAX).unwrap();
        assert!(read(&file(folder.path(), "full", &vec![b'a'; cap], 0o600)).is_ok());
        assert!(matches!(
            read(&file(folder.path(), "large", &vec![b'a'; cap + 1], 0o600)),
            Err(SecretError::TooLarge { .. })
        ));
        assert!(matches!(read(&file(folder.path(), "bytes", &[0xff, 0xfe], 0o600)), Err(SecretError::NotText { .. })));
        assert!(matches!(read(&file(folder.path(), "empty", b"\n", 0o600)), Err(SecretError::Empty { .. })));
    }
}
