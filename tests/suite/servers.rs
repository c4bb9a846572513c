//! Servers on loopback that follow a script: an SMTP server that may answer, stall or hang up at any step, and an HTTP server
//! that answers with given bytes. They record what they were told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a server does at a step.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Says this (line breaks are added for SMTP) and goes on.
    Say(String),
    /// Says nothing and keeps the connection open.
    Stall,
    /// Hangs up.
    Close,
}

/// A reply as an act.
pub(crate) fn say(text: impl Into<String>) -> Act {
    Act::Say(text.into())
}

/// An SMTP server. Steps are `greeting`, the verbs in capitals, and `.` for the end of a message.
pub(crate) struct Smtp {
    pub(crate) address: SocketAddr,
    pub(crate) messages: Arc<Mutex<Vec<String>>>,
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) connections_most: Arc<AtomicUsize>,
}

impl Smtp {
    pub(crate) async fn start(script: &[(&str, Act)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            messages: Arc::default(),
            connections: Arc::default(),
            connections_most: Arc::default(),
        };
        let script: HashMap<String, Act> = script.iter().map(|(step, act)| ((*step).to_owned(), act.clone())).collect();
        let script = Arc::new(script);
        let (messages, connections) = (Arc::clone(&server.messages), Arc::clone(&server.connections));
        let (most, open) = (Arc::clone(&server.connections_most), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (script, messages, open, most) =
                    (Arc::clone(&script), Arc::clone(&messages), Arc::clone(&open), Arc::clone(&most));
                tokio::spawn(async move {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    smtp(stream, &script, &messages).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }
}

async fn smtp(stream: TcpStream, script: &HashMap<String, Act>, messages: &Mutex<Vec<String>>) {
    let mut stream = BufReader::new(stream);
    let mut step = "greeting".to_owned();
    loop {
        let usual = match step.as_str() {
            "greeting" => "220 scripted ESMTP",
            "EHLO" => "250-scripted\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        match script.get(&step).cloned().unwrap_or_else(|| say(usual)) {
            Act::Say(text) => {
                if stream.write_all(format!("{text}\r\n").as_bytes()).await.is_err() || step == "QUIT" {
                    return;
                }
                if step == "DATA" && text.starts_with('3') {
                    let Some(message) = content(&mut stream).await else { return };
                    messages.lock().unwrap().push(message);
                    ".".clone_into(&mut step);
                    continue;
                }
            }
            Act::Stall => return hold(&mut stream).await,
            Act::Close => return,
        }
        let mut line = String::new();
        match stream.read_line(&mut line).await {
            Ok(read) if read > 0 => step = line.split_whitespace().next().unwrap_or_default().to_uppercase(),
            _ => return,
        }
    }
}

/// Reads a message up to its lone dot, undoing the doubling of leading dots.
async fn content(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// Waits for the other side to hang up.
async fn hold(stream: &mut BufReader<TcpStream>) {
    let mut rest = Vec::new();
    drop(tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await);
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// An HTTP server.
pub(crate) struct Http {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
}

impl Http {
    /// A server that treats every request alike.
    pub(crate) async fn start(act: Act) -> Self {
        Self::treating(move |_| act.clone()).await
    }

    /// A server that treats each request as it deserves.
    pub(crate) async fn treating(treat: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: listener.local_addr().unwrap(), requests: Arc::default() };
        let (requests, treat) = (Arc::clone(&server.requests), Arc::new(treat));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (treat, requests) = (Arc::clone(&treat), Arc::clone(&requests));
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let Some(request) = request(&mut stream).await else { return };
                    let act = treat(&request);
                    requests.lock().unwrap().push(request);
                    match act {
                        Act::Say(text) => {
                            drop(stream.write_all(text.as_bytes()).await);
                            drop(stream.shutdown().await);
                        }
                        Act::Stall => hold(&mut stream).await,
                        Act::Close => {}
                    }
                });
            }
        });
        server
    }

    /// An answer with a status, extra header lines and a body.
    pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Act {
        say(format!(
            "HTTP/1.1 {status} Scripted\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn request(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { path, headers, body })
}
