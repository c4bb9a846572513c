//! A program run once: its input written, its output read as far as it matters, its time measured. Nobody waits for a program that
//! does not read, does not end or does not stop printing: after the timeout its whole process group is killed.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};

/// How much of what a program prints is kept.
const SAID_BYTES_MAX: usize = 4 * 1024;

/// How long the output of a program that has ended is waited for: somebody whom it started may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Where a program's own programs are looked for.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// How a program ended.
#[derive(Debug)]
pub(super) enum End {
    /// It never ran.
    NotStarted(io::Error),
    /// It ended by itself.
    Exited(i32),
    /// A signal ended it.
    Killed(i32),
    /// We ended it.
    TookTooLong,
    /// It cannot be said.
    Lost(io::Error),
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    /// The beginning of its standard error, or of its standard output where that is empty.
    pub(super) said: String,
}

/// Runs the program in a process group of its own, in `/`, with these variables and no others but `PATH` and `LANG`.
pub(super) async fn run(
    program: &str,
    arguments: &[String],
    facts: &[(&str, String)],
    input: Vec<u8>,
    timeout: Duration,
) -> Ended {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("PATH", PATH).env("LANG", "C.UTF-8").current_dir("/");
    command.envs(facts.iter().map(|(name, value)| (*name, value.as_str())));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ended { end: End::NotStarted(error), said: String::new() },
    };
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (mut printed, mut complained) = (Vec::new(), Vec::new());
    let end = {
        let talk = async {
            tokio::join!(feed(stdin, &input), listen(stdout, &mut printed), listen(stderr, &mut complained));
        };
        let end = wait(&mut child);
        tokio::pin!(talk, end);
        let ended = async {
            tokio::select! {
                end = &mut end => {
                    drop(tokio::time::timeout(LAST_WORDS, talk).await);
                    end
                }
                // It closed its streams and may go on without them.
                () = &mut talk => end.await,
            }
        };
        tokio::time::timeout(timeout, ended).await.ok()
    };
    let end = match end {
        Some(end) => end,
        None => stop(&mut child).await,
    };
    let said = if complained.is_empty() { printed } else { complained };
    Ended { end, said: String::from_utf8_lossy(&said).into_owned() }
}

async fn wait(child: &mut Child) -> End {
    match child.wait().await {
        Ok(status) => end_of(status),
        Err(error) => End::Lost(error),
    }
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Killed(signal.unwrap_or_default()),
    }
}

/// Writes the input. A program that does not want it closes the pipe, and its exit code says what it thinks of the message.
async fn feed(stdin: Option<ChildStdin>, input: &[u8]) {
    let Some(mut stdin) = stdin else { return };
    if stdin.write_all(input).await.is_ok() {
        drop(stdin.shutdown().await);
    }
}

/// Reads to the end, so that the program is never held up by its own words, and keeps the beginning.
async fn listen(stream: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut piece).await {
        kept.extend(piece.iter().take(length.min(SAID_BYTES_MAX.saturating_sub(kept.len()))));
    }
}

/// Kills the program and all that it started in its group. The program is not waited for before: until then its number, which is
/// the group's, cannot be another's.
async fn stop(child: &mut Child) -> End {
    if let Some(group) = child.id() {
        let killed = Command::new("/bin/sh")
            .args(["-c", "kill -s KILL -- \"-$1\"", "sh", &group.to_string()])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .status();
        drop(tokio::time::timeout(Duration::from_secs(5), killed).await);
    }
    match tokio::time::timeout(Duration::from_secs(5), child.kill()).await {
        Ok(Ok(())) | Err(_) => End::TookTooLong,
        Ok(Err(error)) => End::Lost(error),
    }
}
