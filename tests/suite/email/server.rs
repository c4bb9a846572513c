//! A mail server on loopback that follows a script, with or without TLS: it may answer anything at any step, byte by byte, too
//! much, too early or not at all, and hang up in the middle of a message. Records every command and every message it took.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server does at a step: `greeting`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `.`, `RSET`, `QUIT`.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Says this, with a line break behind it.
    Say(String),
    /// Sends exactly these bytes.
    Raw(Vec<u8>),
    /// Says this a byte at a time.
    Slowly(String),
    /// Says nothing and keeps the connection open.
    Stall,
    /// Hangs up.
    Close,
    /// At DATA: asks for the message and hangs up before its end.
    CloseWithin,
    /// At DATA: asks for the message and reads it in small sips.
    Sip,
}

pub(crate) fn say(text: &str) -> Act {
    Act::Say(text.to_owned())
}

/// How the server is protected; the name is that of a certificate among the fixtures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    Plain,
    Starttls(&'static str),
    Implicit(&'static str),
}

/// One message as it was taken: its envelope and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) connection: usize,
    pub(crate) sender: String,
    pub(crate) receiver: String,
    pub(crate) message: Vec<u8>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) taken: Arc<Mutex<Vec<Taken>>>,
    pub(crate) commands: Arc<Mutex<Vec<(usize, String)>>>,
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) open: Arc<AtomicUsize>,
    pub(crate) open_most: Arc<AtomicUsize>,
}

type Script = HashMap<String, Act>;

/// What is offered after EHLO, unless the script says otherwise.
const OFFERS: &str = "250-scripted\r\n250-8BITMIME\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN";

pub(crate) fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail").join(name)
}

fn tls(name: &str) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(fixture(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key.pem"))).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

impl Server {
    /// The same script for every connection.
    pub(crate) fn start(protection: Protection, script: &[(&str, Act)]) -> Self {
        Self::start_changing(protection, vec![script.to_vec()])
    }

    /// A script for each connection; the last one repeats.
    pub(crate) fn start_changing(protection: Protection, scripts: Vec<Vec<(&str, Act)>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            taken: Arc::default(),
            commands: Arc::default(),
            connections: Arc::default(),
            open: Arc::default(),
            open_most: Arc::default(),
        };
        let scripts: Vec<Script> = scripts
            .into_iter()
            .map(|script| script.into_iter().map(|(step, act)| (step.to_owned(), act)).collect())
            .collect();
        let (taken, commands) = (Arc::clone(&server.taken), Arc::clone(&server.commands));
        let (connections, open) = (Arc::clone(&server.connections), Arc::clone(&server.open));
        let most = Arc::clone(&server.open_most);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
                let talk = Talk { number, script, taken: Arc::clone(&taken), commands: Arc::clone(&commands) };
                let (open, most) = (Arc::clone(&open), Arc::clone(&most));
                std::thread::spawn(move || {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    talk.run(stream, protection);
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// How often a command came, by its first word.
    pub(crate) fn count(&self, verb: &str) -> usize {
        self.commands.lock().unwrap().iter().filter(|(_, line)| line.split(' ').next() == Some(verb)).count()
    }
}

struct Talk {
    number: usize,
    script: Script,
    taken: Arc<Mutex<Vec<Taken>>>,
    commands: Arc<Mutex<Vec<(usize, String)>>>,
}

/// How a part of a conversation ended.
enum End {
    Over,
    Starttls,
}

impl Talk {
    fn run(&self, stream: TcpStream, protection: Protection) {
        match protection {
            Protection::Plain => drop(self.talk(&mut BufReader::new(stream), "greeting", false)),
            Protection::Implicit(name) => self.secured(stream, name, "greeting"),
            Protection::Starttls(name) => {
                let mut reader = BufReader::new(stream);
                if let End::Starttls = self.talk(&mut reader, "greeting", true) {
                    self.secured(reader.into_inner(), name, "");
                }
            }
        }
    }

    fn secured(&self, stream: TcpStream, name: &str, step: &str) {
        let session = ServerConnection::new(tls(name)).unwrap();
        self.talk(&mut BufReader::new(StreamOwned::new(session, stream)), step, false);
    }

    /// Talks from a step on; an empty step waits for a command first.
    fn talk<S: Read + Write>(&self, stream: &mut BufReader<S>, step: &str, offers_tls: bool) -> End {
        let (mut sender, mut receiver) = (String::new(), String::new());
        let mut step = step.to_owned();
        loop {
            if step.is_empty() {
                let mut line = String::new();
                if stream.read_line(&mut line).is_err() || line.is_empty() {
                    return End::Over;
                }
                let line = line.trim_end().to_owned();
                step = line.split(' ').next().unwrap_or_default().to_uppercase();
                match step.as_str() {
                    "MAIL" => line.clone_into(&mut sender),
                    "RCPT" => line.clone_into(&mut receiver),
                    _ => {}
                }
                self.commands.lock().unwrap().push((self.number, line));
            }
            let usual = match step.as_str() {
                "greeting" => "220 scripted ESMTP".to_owned(),
                "EHLO" if offers_tls => format!("250-scripted\r\n250-STARTTLS\r\n{OFFERS}"),
                "EHLO" => OFFERS.to_owned(),
                "STARTTLS" => "220 go ahead".to_owned(),
                "AUTH" => "235 2.7.0 welcome".to_owned(),
                "DATA" => "354 go on".to_owned(),
                "QUIT" => "221 bye".to_owned(),
                _ => "250 fine".to_owned(),
            };
            let act = self.script.get(&step).cloned().unwrap_or_else(|| Act::Say(usual.clone()));
            let Some(said) = perform(stream, &act, &usual) else { return End::Over };
            match step.as_str() {
                "QUIT" => return End::Over,
                "STARTTLS" if said.starts_with('2') => return End::Starttls,
                "DATA" if said.starts_with('3') => {
                    let Some(message) = message(stream, &act) else { return End::Over };
                    let (sender, receiver) = (sender.clone(), receiver.clone());
                    let taken = Taken { connection: self.number, sender, receiver, message };
                    let answer = self.script.get(".").cloned().unwrap_or_else(|| say("250 taken"));
                    // Taken is what the server answers for; a stall or a hang-up comes after it.
                    let refuses = matches!(&answer, Act::Say(text) if text.starts_with(['4', '5']));
                    if !refuses {
                        self.taken.lock().unwrap().push(taken);
                    }
                    if perform(stream, &answer, "250 taken").is_none() {
                        return End::Over;
                    }
                }
                _ => {}
            }
            step.clear();
        }
    }
}

/// Carries an act out; gives what was said, or nothing when the conversation is over.
fn perform<S: Read + Write>(stream: &mut BufReader<S>, act: &Act, usual: &str) -> Option<String> {
    let writer = stream.get_mut();
    match act {
        Act::Say(text) => {
            writer.write_all(format!("{text}\r\n").as_bytes()).and_then(|()| writer.flush()).ok()?;
            Some(text.clone())
        }
        Act::Raw(bytes) => {
            writer.write_all(bytes).and_then(|()| writer.flush()).ok()?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        Act::Slowly(text) => {
            for byte in format!("{text}\r\n").bytes() {
                writer.write_all(&[byte]).and_then(|()| writer.flush()).ok()?;
                std::thread::sleep(Duration::from_millis(5));
            }
            Some(text.clone())
        }
        Act::CloseWithin | Act::Sip => {
            writer.write_all(format!("{usual}\r\n").as_bytes()).and_then(|()| writer.flush()).ok()?;
            Some(usual.to_owned())
        }
        Act::Stall => {
            let mut rest = Vec::new();
            drop(stream.read_to_end(&mut rest));
            None
        }
        Act::Close => None,
    }
}

/// Reads a message up to its lone dot, undoing the doubling of leading dots.
fn message<S: Read + Write>(stream: &mut BufReader<S>, act: &Act) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        match act {
            Act::CloseWithin if message.len() > 200 => return None,
            Act::Sip => std::thread::sleep(Duration::from_millis(2)),
            _ => {}
        }
        if line == b".\r\n" {
            return Some(message);
        }
        message.extend(line.strip_prefix(b".").unwrap_or(&line));
    }
}
