//! Deliveries a second to sinks on this machine, by HTTP and by SMTP, beside a plain client that says the same to the same sink, as many
//! at once, with nothing kept. Ends with the ratio of both, measured in turn.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement may fail")]
#![expect(clippy::cast_precision_loss, reason = "rates are for reading")]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use tenderwatch::channels::Letter;
use tenderwatch::domain::delivery::DeliveryId;
use tenderwatch::jobs::{Rooms, deliver};
use tenderwatch::platform::clock::Clock;
use tenderwatch::store::deliveries::{DigestRow, NewDelivery};
use tenderwatch::{app, config, telling};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Messages in one pass.
const MESSAGES: usize = 1_000;
/// As many at once as both channels take by default.
const AT_ONCE: usize = 4;
/// Passes, in turn; the medians count.
const PASSES: u32 = 3;

/// Answers every request of HTTP with 200, and closes.
async fn http_sink() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut length = 0;
                let mut line = String::new();
                while stream.read_line(&mut line).await.unwrap_or(0) > 2 {
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).await.unwrap();
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            });
        }
    });
    address
}

/// Takes every mail.
async fn smtp_sink() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_smtp(stream));
        }
    });
    address
}

async fn serve_smtp(stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    let mut answer = "220 sink\r\n";
    let mut line = String::new();
    let mut is_data = false;
    loop {
        if !is_data && stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        if is_data {
            is_data = line != ".\r\n";
            answer = "250 taken\r\n";
            continue;
        }
        answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-sink\r\n250 8BITMIME\r\n",
            "DATA" => "354 go on\r\n",
            "QUIT" => return,
            _ => "250 fine\r\n",
        };
        if line.starts_with("DATA") {
            stream.write_all(answer.as_bytes()).await.unwrap();
            is_data = true;
        }
    }
}

/// The same to the same sink without an outbox: a connection for each request, as the webhooks have it.
async fn plain_http(sink: SocketAddr, payload: &[u8]) {
    let mut stream = TcpStream::connect(sink).await.unwrap();
    let head = format!("POST /x HTTP/1.1\r\nHost: {sink}\r\nContent-Length: {}\r\n\r\n", payload.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(payload).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

/// So many mails over one connection.
async fn plain_smtp(sink: SocketAddr, payload: &[u8], mails: usize) {
    let stream = TcpStream::connect(sink).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    stream.write_all(b"EHLO bench\r\n").await.unwrap();
    stream.read_line(&mut line).await.unwrap();
    stream.read_line(&mut line).await.unwrap();
    for _ in 0..mails {
        for said in [b"MAIL FROM:<a@example.org>\r\n".as_slice(), b"RCPT TO:<b@example.org>\r\n", b"DATA\r\n"] {
            stream.write_all(said).await.unwrap();
            stream.read_line(&mut line).await.unwrap();
        }
        stream.write_all(payload).await.unwrap();
        stream.write_all(b"\r\n.\r\n").await.unwrap();
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with("250"));
    }
}

async fn plain(channel: &str, sink: SocketAddr, payload: &[u8]) -> Duration {
    let started = Instant::now();
    let clients = (0..AT_ONCE).map(|_| async {
        if channel == "office" {
            return plain_smtp(sink, payload, MESSAGES / AT_ONCE).await;
        }
        for _ in 0..MESSAGES / AT_ONCE {
            plain_http(sink, payload).await;
        }
    });
    futures_util::future::join_all(clients).await;
    started.elapsed()
}

fn rooms(folder: &std::path::Path, http: SocketAddr, smtp: SocketAddr) -> Rooms {
    let secret = folder.join("secret");
    std::fs::write(&secret, "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (dir, secret, port) = (folder.display(), secret.display(), smtp.port());
    let text = format!(
        "contact = \"bench@example.org\"\ndata_dir = \"{dir}/data\"\n[sources.ccgp]\ndialect = \"ccgp\"\nsince = \"2016-12-12\"\n\
         [channels.hook.webhook]\nurl = \"http://{http}/x\"\nsecret_file = \"{secret}\"\nallow_private = true\n\
         [channels.office.email]\nfrom = \"a@example.org\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
    );
    let config = config::parse(&text, "bench.toml").unwrap_or_else(|report| panic!("{}", report.plain()));
    app::open(config, Clock::System).unwrap()
}

/// Puts the messages into the outbox; gives the bytes of one.
fn put(rooms: &Rooms, channel: &str, pass: u32) -> Vec<u8> {
    let now = rooms.clock.now();
    let id = format!("{channel}-{pass}");
    let message = telling::canary::message(&id, now).unwrap();
    let delivery = |n: usize| {
        let (id, receiver) = (DeliveryId(format!("d_{id}_{n}")), format!("r{n}@example.org"));
        let letter = Letter::plain(id.clone(), &receiver, "bench");
        let payload = rooms.channels.compose(channel, &message, &letter).unwrap().remove(0);
        NewDelivery { id, channel: channel.into(), receiver, part: 1, payload, thread: None }
    };
    let deliveries: Vec<_> = (0..MESSAGES).map(delivery).collect();
    let row = DigestRow {
        id,
        subscription: "bench".into(),
        composed_at: now,
        from_seq: 0,
        to_seq: 0,
        message_json: message.json,
    };
    rooms.store.write(|w| w.put_digest(&row, &[], &deliveries)).unwrap();
    deliveries.into_iter().next().unwrap().payload
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (http, smtp) = (http_sink().await, smtp_sink().await);
        let rooms = rooms(folder.path(), http, smtp);
        for (channel, sink) in [("hook", http), ("office", smtp)] {
            let (mut own, mut others) = (Vec::new(), Vec::new());
            for pass in 0..PASSES {
                let payload = put(&rooms, channel, pass);
                let started = Instant::now();
                let delivered = deliver::deliver_due(&rooms).await.unwrap();
                own.push(started.elapsed());
                assert_eq!(delivered.sent, MESSAGES as u64);
                others.push(plain(channel, sink, &payload).await);
            }
            let (own, others) = (median(own).as_secs_f64(), median(others).as_secs_f64());
            let rate = |seconds: f64| MESSAGES as f64 / seconds;
            println!(
                "{channel}: {:.0} deliveries a second, a plain client {:.0}: {:.2} of it",
                rate(own),
                rate(others),
                others / own
            );
        }
    });
}
