//! `run` as a service manager sees it: ready, alive while idle, stopping; the end within seconds of SIGTERM; and one process at a
//! time in a data folder.

use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::once::begun;
use crate::receivers;

/// A deadline that only a hanging process misses.
const PATIENCE: Duration = Duration::from_mins(1);

/// The service over a history whose clock stands still: after the first turn it is idle. Killed with the test.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Service {
    fn start(dir: &Path, socket: &Path) -> Self {
        let mut command = run(dir);
        command.env("NOTIFY_SOCKET", socket).env("WATCHDOG_USEC", "2000000");
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn terminate(&self) {
        let id = self.0.id().to_string();
        assert!(Command::new("/bin/kill").args(["-TERM", &id]).status().unwrap().success());
    }

    fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn run(dir: &Path) -> Command {
    let mut command = receivers::program();
    command.arg("--config").arg(dir.join("tenderwatch.toml")).arg("--clock").arg(dir.join("clock")).arg("run");
    command
}

/// Reads messages until one of them is `wanted`; gives all of them, each with when it came.
fn hear(socket: &UnixDatagram, wanted: &str, times: usize) -> Vec<(Instant, String)> {
    let begun = Instant::now();
    let mut heard = Vec::new();
    let mut left = times;
    while left > 0 {
        assert!(begun.elapsed() < PATIENCE, "{wanted} did not come: {heard:?}");
        let mut buffer = [0; 4096];
        let length = match socket.recv(&mut buffer) {
            Ok(length) => length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) => panic!("{error}"),
        };
        for line in String::from_utf8_lossy(&buffer[..length]).lines() {
            left -= usize::from(line == wanted && left > 0);
            heard.push((Instant::now(), line.to_owned()));
        }
    }
    heard
}

#[test]
fn a_service_is_ready_alive_while_idle_alone_in_its_folder_and_stops_when_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let address = dir.join("notify");
    let socket = UnixDatagram::bind(&address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut service = Service::start(dir, &address);
    let heard = hear(&socket, "READY=1", 1);
    assert!(heard.iter().all(|(_, line)| line != "STOPPING=1"), "{heard:?}");

    // Nothing is due any more, and yet it shows that the turn and the writer both work, about twice per interval.
    let beats = hear(&socket, "WATCHDOG=1", 7);
    let beats: Vec<Instant> = beats.into_iter().filter(|(_, line)| line == "WATCHDOG=1").map(|(at, _)| at).collect();
    let longest = beats.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    println!("the longest silence was {longest:?} of the 2 s allowed");

    let second = run(dir).output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{said}");
    let id = service.0.id();
    assert!(said.contains(&format!("another tenderwatch (process {id}) is at work in")), "{said}");
    assert!(said.contains(&dir.join("data").display().to_string()), "{said}");
    let mut once = run(dir);
    assert_eq!(once.arg("--once").output().unwrap().status.code(), Some(1), "nor may a run that ends by itself");
    // Looking is allowed beside it.
    receivers::printed(receivers::verb(dir, &["audit"]));
    receivers::printed(receivers::verb(dir, &["source", "list"]));

    let told = Instant::now();
    service.terminate();
    hear(&socket, "STOPPING=1", 1);
    let status = service.ended();
    assert_eq!(status.code(), Some(0), "{status}");
    assert!(told.elapsed() < Duration::from_secs(20), "it took {:?} to stop", told.elapsed());
    receivers::printed(receivers::verb(dir, &["audit"]));
}

#[test]
fn a_stop_right_after_ready_is_an_orderly_one() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    begun(dir);
    let address = dir.join("notify");
    let socket = UnixDatagram::bind(&address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut service = Service::start(dir, &address);
    hear(&socket, "READY=1", 1);
    service.terminate();
    assert_eq!(service.ended().code(), Some(0));
    // The folder is free again.
    let mut service = Service::start(dir, &address);
    hear(&socket, "READY=1", 1);
    service.terminate();
    assert_eq!(service.ended().code(), Some(0));
}
