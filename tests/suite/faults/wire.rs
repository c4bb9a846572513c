//! Servers that go wrong on the wire: each takes connections on loopback and treats them in one way, byte by byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Reply, TIMEOUT};

/// How a server goes wrong.
#[derive(Clone, Debug)]
pub(super) enum Wire {
    /// Nobody listens.
    Refused,
    /// Hangs up before anything was read.
    Closes,
    /// Takes the connection and does nothing.
    Deaf,
    /// Reads the request and hangs up.
    ReadsAndCloses,
    /// Reads the request and says nothing.
    Mute,
    /// Answers, but only when nobody waits any more.
    Late(Reply),
    /// Answers.
    Answers(Reply),
    /// Answers, and then says what nobody asked for.
    Rambles(Reply),
    /// Announces more of an answer than it sends before it hangs up.
    BreaksOff(Reply),
    /// Breaks off in the middle of the head.
    BreaksOffInTheHead,
    /// Answers without an end, as fast as is taken.
    Endless(u16),
    /// Reads one byte at a time, and answers when it is through.
    ReadsSlowly(Reply),
    /// Reads one byte at a time, and so slowly that nobody waits for it.
    ReadsTooSlowly,
    /// Sends a byte at a time and is not through when nobody waits any more.
    WritesSlowly(Reply),
    /// Answers with the head at once and a body that comes too slowly.
    WritesBodySlowly(Reply),
    /// Answers with what is no HTTP.
    Babbles,
    /// Answers in plain text whatever it is told, a greeting of TLS too.
    Plain,
}

/// A server under way, with what it was asked.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// The raw requests, as far as they were read.
    pub(super) requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    pub(super) async fn start(wire: Wire) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: listener.local_addr().unwrap(), requests: Arc::default() };
        if matches!(wire, Wire::Refused) {
            return server;
        }
        let requests = Arc::clone(&server.requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, wire.clone(), Arc::clone(&requests)));
            }
        });
        server
    }

    pub(super) fn seen(&self) -> Vec<Vec<u8>> {
        self.requests.lock().unwrap().clone()
    }
}

/// What a reply is on the wire.
fn written(reply: &Reply) -> String {
    let Reply { status, headers, body } = reply;
    let length = body.len();
    format!("HTTP/1.1 {status} Scripted\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

async fn serve(mut stream: TcpStream, wire: Wire, requests: Arc<Mutex<Vec<Vec<u8>>>>) {
    match wire {
        Wire::Refused | Wire::Closes => return,
        Wire::Deaf => return tokio::time::sleep(TIMEOUT * 4).await,
        Wire::ReadsTooSlowly => {
            let mut byte = [0; 1];
            while stream.read(&mut byte).await.is_ok_and(|read| read > 0) {
                tokio::time::sleep(TIMEOUT / 8).await;
            }
            return;
        }
        Wire::Plain => {
            let mut some = [0; 512];
            drop(stream.read(&mut some).await);
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await);
            return;
        }
        _ => {}
    }
    let at_once = if matches!(wire, Wire::ReadsSlowly(_)) { 1 } else { 4096 };
    let Some(request) = request(&mut stream, at_once).await else { return };
    requests.lock().unwrap().push(request);
    // Whoever asked may be gone: then writing fails, and that is the end of it.
    drop(answer(&mut stream, &wire).await);
    drop(stream.shutdown().await);
}

async fn answer(stream: &mut TcpStream, wire: &Wire) -> std::io::Result<()> {
    match wire {
        Wire::Mute => tokio::time::sleep(TIMEOUT * 4).await,
        Wire::Late(reply) => {
            tokio::time::sleep(TIMEOUT * 2).await;
            stream.write_all(written(reply).as_bytes()).await?;
        }
        Wire::Answers(reply) | Wire::ReadsSlowly(reply) => stream.write_all(written(reply).as_bytes()).await?,
        Wire::Rambles(reply) => stream.write_all(format!("{}<html>and so on", written(reply)).as_bytes()).await?,
        Wire::BreaksOff(reply) => {
            let cut = reply.body.get(..reply.body.len() / 2).unwrap_or_default();
            let head =
                format!("HTTP/1.1 {} Scripted\r\nContent-Length: {}\r\n\r\n", reply.status, reply.body.len() + 9);
            stream.write_all(format!("{head}{cut}").as_bytes()).await?;
        }
        Wire::BreaksOffInTheHead => stream.write_all(b"HTTP/1.1 200 Scri").await?,
        Wire::Endless(status) => {
            stream.write_all(format!("HTTP/1.1 {status} Scripted\r\n\r\n").as_bytes()).await?;
            loop {
                stream.write_all(&[b'x'; 4096]).await?;
            }
        }
        Wire::WritesSlowly(reply) => slowly(stream, written(reply).as_bytes()).await?,
        Wire::WritesBodySlowly(reply) => {
            let whole = written(reply);
            let (head, body) = whole.split_at(whole.len() - reply.body.len());
            stream.write_all(head.as_bytes()).await?;
            slowly(stream, body.as_bytes()).await?;
        }
        Wire::Babbles => stream.write_all(b"220 mail.example ESMTP\r\n").await?,
        Wire::Refused | Wire::Closes | Wire::Deaf | Wire::ReadsAndCloses | Wire::ReadsTooSlowly | Wire::Plain => {}
    }
    Ok(())
}

/// Byte by byte, four of them in the time that is waited for all.
async fn slowly(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(std::slice::from_ref(byte)).await?;
        stream.flush().await?;
        tokio::time::sleep(TIMEOUT / 4).await;
    }
    Ok(())
}

/// The whole request, by its announced length; nothing where the other side hung up before.
async fn request(stream: &mut TcpStream, at_once: usize) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut piece = vec![0; at_once];
    loop {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&piece[..read]);
        if let Some((head, body)) = halves(&request) {
            let length = header(&head, "content-length").and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(request);
            }
        }
    }
}

/// Head and body of a raw request.
pub(super) fn halves(request: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&request[..end]).into_owned(), request[end + 4..].to_vec()))
}

/// A header's value.
pub(super) fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// How long any attempt may take at most: connecting and answering have their own limits.
pub(super) const ATTEMPT_MAX: Duration = Duration::from_secs(5);
