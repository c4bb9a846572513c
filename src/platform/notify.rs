//! Talks to the service manager: ready, status, stopping, and a watchdog that is fed by finished work. A timer beside the
//! work would say "alive" for a process whose work has stopped, so there is none. Without a manager every call is a no-op.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sd_notify::NotifyState;

/// The longest status line that is sent; `systemctl status` shows one line.
const STATUS_CHARS_MAX: usize = 200;

/// A kind of work that must keep finishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// The turn that looks at what is due.
    Tick,
    /// The store's writer: a transaction was committed.
    Writer,
}

/// The line to the service manager. Clones speak for the same process.
#[derive(Clone, Debug)]
pub struct Heart(Arc<Pulse>);

#[derive(Debug)]
struct Pulse {
    needed: BTreeSet<Work>,
    finished: Mutex<BTreeSet<Work>>,
}

impl Heart {
    /// A heart that beats once every kind of `work` has finished something.
    #[must_use]
    pub fn new(work: &[Work]) -> Self {
        let needed = work.iter().copied().collect();
        Self(Arc::new(Pulse { needed, finished: Mutex::new(BTreeSet::new()) }))
    }

    /// Start-up is over: what depends on this service may start.
    pub fn ready(&self) {
        send(&[NotifyState::Ready]);
    }

    /// One line for `systemctl status`. Line breaks would be read as further commands: they become blanks.
    pub fn status(&self, text: &str) {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(STATUS_CHARS_MAX).collect();
        send(&[NotifyState::Status(&line)]);
    }

    /// Stopping has begun.
    pub fn stopping(&self) {
        send(&[NotifyState::Stopping]);
    }

    /// A piece of work was finished. Once every kind has finished something since the last ping, the watchdog is fed.
    pub fn beat(&self, work: Work) {
        let mut finished = self.0.finished.lock().unwrap_or_else(PoisonError::into_inner);
        finished.insert(work);
        if finished.is_superset(&self.0.needed) {
            finished.clear();
            send(&[NotifyState::Watchdog]);
        }
    }

    /// Within what time the manager wants to hear from us, if it watches at all. Work that may be idle for longer
    /// must be given something to do (an empty transaction) about twice in that time.
    #[must_use]
    pub fn watchdog_timeout(&self) -> Option<Duration> {
        sd_notify::watchdog_enabled()
    }
}

/// A manager that cannot be reached is no reason to stop working; it will restart us if it thinks otherwise.
fn send(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager did not take a message: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::process::Command;

    use super::*;

    /// Says that this process is the child of the test below.
    const CHILD: &str = "TENDERWATCH_TEST_SHORT_LIFE";

    /// Lives in a process of its own, started by the test below: the socket's address is taken from the environment, which
    /// a test must not change. Elsewhere there is nothing to live.
    #[test]
    fn a_short_life() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        let heart = Heart::new(&[Work::Tick, Work::Writer]);
        heart.ready();
        heart.status("waiting\nSTOPPING=1");
        heart.beat(Work::Tick);
        heart.beat(Work::Tick);
        heart.status("the tick alone feeds nothing");
        heart.beat(Work::Writer);
        heart.beat(Work::Writer);
        heart.status("nor the writer alone");
        heart.clone().beat(Work::Tick);
        assert_eq!(heart.watchdog_timeout(), Some(Duration::from_mins(1)));
        heart.stopping();
    }

    #[test]
    fn the_watchdog_is_fed_only_by_finished_work_of_every_kind() {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("notify");
        let socket = UnixDatagram::bind(&address).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "platform::notify::tests::a_short_life"])
            .env(CHILD, "yes")
            .env("NOTIFY_SOCKET", &address)
            .env("WATCHDOG_USEC", "60000000")
            .env_remove("WATCHDOG_PID")
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        assert_eq!(
            heard(&socket),
            [
                "READY=1",
                "STATUS=waiting STOPPING=1",
                "STATUS=the tick alone feeds nothing",
                "WATCHDOG=1",
                "STATUS=nor the writer alone",
                "WATCHDOG=1",
                "STOPPING=1",
            ]
        );
    }

    #[test]
    fn without_a_service_manager_nothing_happens() {
        let heart = Heart::new(&[]);
        heart.ready();
        heart.beat(Work::Tick);
    }

    fn heard(socket: &UnixDatagram) -> Vec<String> {
        socket.set_nonblocking(true).unwrap();
        let mut buffer = [0; 4096];
        let mut messages = Vec::new();
        while let Ok(length) = socket.recv(&mut buffer) {
            messages.push(String::from_utf8_lossy(&buffer[..length]).trim_end().to_owned());
        }
        messages
    }
}
