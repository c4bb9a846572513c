//! A mail server on loopback that keeps what it is given: RFC 5321 in its smallest form, each message in a Maildir, synced before it is
//! acknowledged. Tests may make it refuse or break off. Lacks encryption, authentication and relaying: it is nobody's way out.

mod conversation;

mod line;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::platform::clock::Clock;

use super::maildir::{Envelope, Maildir};
use conversation::Conversation;
use line::{Body, Line};

/// The largest message taken.
pub const MESSAGE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Conversations at once; more are turned away.
const CONVERSATIONS_MAX: usize = 32;
/// The longest conversation, however lively.
const CONVERSATION: Duration = Duration::from_mins(10);
/// Nonsense commands before the server hangs up.
const NONSENSE_MAX: u32 = 20;

/// A fault that a test asks for; each is used up once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The next message is refused for now (451 at the end of DATA), and not kept.
    RefuseForNow,
    /// The next message is refused for good (554 at the end of DATA), and not kept.
    RefuseForGood,
    /// The next receiver is unknown (550 at RCPT).
    UnknownReceiver,
    /// The next message is kept, and the connection breaks off before the answer.
    CloseAfterData,
    /// The next connection is greeted with 421 and closed.
    Busy,
}

/// The server's memory: its Maildir, the faults still to come, and counts.
#[derive(Debug)]
pub struct Mailbox {
    maildir: Maildir,
    clock: Clock,
    faults: Mutex<VecDeque<Fault>>,
    kept: AtomicU64,
    refused: AtomicU64,
    connections: AtomicU64,
}

impl Mailbox {
    /// A mailbox over the Maildir at `dir`, created if it is not there.
    pub fn open(dir: &Path, clock: Clock) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            maildir: Maildir::open(dir)?,
            clock,
            faults: Mutex::default(),
            kept: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            connections: AtomicU64::new(0),
        }))
    }

    /// Its Maildir.
    #[must_use]
    pub fn maildir(&self) -> &Maildir {
        &self.maildir
    }

    /// Puts faults in the way of what comes next, in this order.
    pub fn expect_faults(&self, faults: &[Fault]) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// Messages kept since the server started.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.kept.load(Ordering::SeqCst)
    }

    /// Messages refused since the server started.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::SeqCst)
    }

    /// Connections since the server started.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    /// Takes connections until `stop`.
    #[must_use]
    pub fn serve(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            let places = Arc::new(Semaphore::new(CONVERSATIONS_MAX));
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((stream, from)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let (mailbox, stop) = (Arc::clone(&self), stop.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        talked = timeout(CONVERSATION, mailbox.talk(stream, from)) => {
                            if let Ok(Err(error)) = talked {
                                tracing::debug!(%error, "a mail conversation broke off");
                            }
                        }
                    }
                    drop(place);
                });
            }
        })
    }

    /// The next fault, if it is one of `wanted`.
    fn fault(&self, wanted: &[Fault]) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let next = faults.front().copied().filter(|next| wanted.contains(next))?;
        faults.pop_front();
        Some(next)
    }

    async fn talk(&self, mut stream: TcpStream, from: SocketAddr) -> io::Result<()> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        let (read, write) = stream.split();
        let mut line = Line { reader: BufReader::new(read), writer: write };
        if self.fault(&[Fault::Busy]).is_some() {
            return line.say("421 4.3.2 too busy, try again later").await;
        }
        line.say("220 demo.localhost ESMTP").await?;
        let mut state = Conversation::default();
        while let Some(command) = line.command().await? {
            if self.obey(&mut line, &mut state, &command, from).await? == Then::HangUp {
                break;
            }
        }
        Ok(())
    }

    async fn obey<R: AsyncBufRead + Unpin, W: AsyncWriteExt + Unpin>(
        &self,
        line: &mut Line<R, W>,
        state: &mut Conversation,
        command: &[u8],
        from: SocketAddr,
    ) -> io::Result<Then> {
        let text = String::from_utf8_lossy(command);
        let (verb, rest) = text.split_once(' ').unwrap_or((&text, ""));
        match verb.to_ascii_uppercase().as_str() {
            "HELO" => {
                state.hello(rest);
                line.say("250 demo.localhost").await?;
            }
            "EHLO" => {
                state.hello(rest);
                let size = format!("250-SIZE {MESSAGE_BYTES_MAX}");
                for answer in ["250-demo.localhost", &size, "250-8BITMIME", "250 ENHANCEDSTATUSCODES"] {
                    line.say(answer).await?;
                }
            }
            "MAIL" => line.say(state.mail(rest)).await?,
            "RCPT" => {
                let answer = match self.fault(&[Fault::UnknownReceiver]) {
                    Some(_) => "550 5.1.1 no such receiver",
                    None => state.receiver(rest),
                };
                line.say(answer).await?;
            }
            "DATA" => return self.data(line, state, from).await,
            "RSET" => {
                state.reset();
                line.say("250 2.0.0 forgotten").await?;
            }
            "NOOP" => line.say("250 2.0.0 nothing done").await?,
            "VRFY" => line.say("252 2.1.5 send it and see").await?,
            "QUIT" => {
                line.say("221 2.0.0 goodbye").await?;
                return Ok(Then::HangUp);
            }
            _ => {
                state.nonsense += 1;
                if state.nonsense > NONSENSE_MAX {
                    line.say("421 4.7.0 too much nonsense").await?;
                    return Ok(Then::HangUp);
                }
                line.say("500 5.5.2 not understood").await?;
            }
        }
        Ok(Then::GoOn)
    }

    async fn data<R: AsyncBufRead + Unpin, W: AsyncWriteExt + Unpin>(
        &self,
        line: &mut Line<R, W>,
        state: &mut Conversation,
        from: SocketAddr,
    ) -> io::Result<Then> {
        let Some(sender) = state.sender.clone().filter(|_| !state.receivers.is_empty()) else {
            line.say("503 5.5.1 MAIL and RCPT first").await?;
            return Ok(Then::GoOn);
        };
        line.say("354 end with a dot on a line of its own").await?;
        let body = match line.body().await? {
            Body::Whole(body) => body,
            Body::TooLarge => {
                state.reset();
                self.refused.fetch_add(1, Ordering::SeqCst);
                line.say("552 5.3.4 too large").await?;
                return Ok(Then::GoOn);
            }
            // Nothing was acknowledged, so nothing is kept.
            Body::BrokenOff => return Ok(Then::HangUp),
        };
        let receivers = std::mem::take(&mut state.receivers);
        let envelope = Envelope { sender, receivers, hello: state.hello.clone(), from: from.ip().to_string() };
        state.reset();
        let (answer, then) = self.keep(envelope, body).await;
        if !answer.is_empty() {
            line.say(answer).await?;
        }
        Ok(then)
    }

    /// Keeps a message, or the fault that stands in its way: what to answer, and whether to go on.
    async fn keep(&self, envelope: Envelope, body: Vec<u8>) -> (&'static str, Then) {
        let fault = self.fault(&[Fault::RefuseForNow, Fault::RefuseForGood, Fault::CloseAfterData]);
        if let Some(Fault::RefuseForNow | Fault::RefuseForGood) = fault {
            self.refused.fetch_add(1, Ordering::SeqCst);
            let answer = if fault == Some(Fault::RefuseForGood) { "554 5.7.1 refused" } else { "451 4.3.0 not now" };
            return (answer, Then::GoOn);
        }
        let (maildir, now) = (self.maildir.clone(), self.clock.now());
        let kept = tokio::task::spawn_blocking(move || maildir.keep(&envelope, &body, now)).await;
        match kept {
            Ok(Ok(_)) => {
                self.kept.fetch_add(1, Ordering::SeqCst);
                match fault {
                    Some(_) => ("", Then::HangUp),
                    None => ("250 2.0.0 kept", Then::GoOn),
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the mailbox could not keep a message");
                ("452 4.3.1 could not be kept", Then::GoOn)
            }
            Err(_) => ("451 4.3.0 could not be kept", Then::GoOn),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    HangUp,
}

#[cfg(test)]
mod tests {
    use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
    use tokio::io::AsyncBufReadExt;

    use super::line::COMMAND_BYTES_MAX;
    use super::*;

    struct Server {
        mailbox: Arc<Mailbox>,
        port: u16,
        stop: CancellationToken,
        _folder: tempfile::TempDir,
    }

    fn server() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::hand("2019-09-10T01:00:00Z".parse().unwrap());
        let mailbox = Mailbox::open(&folder.path().join("mail"), clock).unwrap();
        let listener = crate::demo::loopback::bind(None).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        drop(Arc::clone(&mailbox).serve(listener, stop.clone()));
        Server { mailbox, port, stop, _folder: folder }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            self.stop.cancel();
        }
    }

    struct Talk(BufReader<TcpStream>);

    impl Talk {
        async fn begin(server: &Server) -> Self {
            let stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
            let mut talk = Self(BufReader::new(stream));
            assert!(talk.answer().await.starts_with("220 "));
            talk
        }

        async fn answer(&mut self) -> String {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            line
        }

        async fn send(&mut self, bytes: &[u8]) {
            self.0.get_mut().write_all(bytes).await.unwrap();
        }

        /// Says one command and expects an answer that begins so.
        async fn say(&mut self, command: &str, expected: &str) {
            self.send(format!("{command}\r\n").as_bytes()).await;
            let answer = self.answer().await;
            assert!(answer.starts_with(expected), "{command} → {answer}");
        }
    }

    fn message() -> Message {
        Message::builder()
            .from("watch@demo.localhost".parse().unwrap())
            .to("reader@demo.localhost".parse().unwrap())
            .date(std::time::SystemTime::UNIX_EPOCH)
            .subject("区块链：一项新招标")
            .body("第一行\r\n.一个点开头的行\r\n".to_owned())
            .unwrap()
    }

    async fn deliver(server: &Server) -> Result<(), lettre::transport::smtp::Error> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(server.port).build();
        transport.send(message()).await.map(drop)
    }

    #[tokio::test]
    async fn a_conversation_by_hand_is_kept_with_its_dots_unstuffed() {
        let server = server();
        let mut talk = Talk::begin(&server).await;
        talk.say("HELO me", "250 ").await;
        talk.say("DATA", "503 ").await;
        talk.say("RCPT TO:<b@demo.localhost>", "503 ").await;
        talk.say("MAIL FROM:<a@demo.localhost>", "250 ").await;
        talk.say("RCPT TO:<b@demo.localhost>", "250 ").await;
        talk.say("RSET", "250 ").await;
        talk.say("mail from:<> BODY=8BITMIME", "250 ").await;
        talk.say("rcpt to:<b@demo.localhost>", "250 ").await;
        talk.say("RCPT TO:<c@demo.localhost>", "250 ").await;
        talk.say("DATA", "354 ").await;
        talk.send(b"Subject: x\r\n\r\n..two\r\n.one\r\nend\r\n.\r\n").await;
        assert!(talk.answer().await.starts_with("250 "));
        talk.say("NOOP", "250 ").await;
        talk.say("BREW tea", "500 ").await;
        talk.say("QUIT", "221 ").await;
        let mails = server.mailbox.maildir().list().unwrap();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].sender, "");
        assert_eq!(mails[0].receivers, ["b@demo.localhost", "c@demo.localhost"]);
        assert_eq!(mails[0].raw, b"Subject: x\r\n\r\n.two\r\none\r\nend\r\n");
    }

    #[tokio::test]
    async fn a_real_mailer_is_understood() {
        let server = server();
        deliver(&server).await.unwrap();
        let mails = server.mailbox.maildir().list().unwrap();
        assert_eq!((mails.len(), server.mailbox.kept()), (1, 1));
        assert_eq!(mails[0].receivers, ["reader@demo.localhost"]);
        let raw = String::from_utf8(mails[0].raw.clone()).unwrap();
        // SMTP ends every message with a line end; the mailer's own copy may lack it.
        assert_eq!(raw.trim_end(), String::from_utf8(message().formatted()).unwrap());
    }

    #[tokio::test]
    async fn faults_come_in_order_and_then_are_over() {
        let server = server();
        server.mailbox.expect_faults(&[Fault::RefuseForNow, Fault::RefuseForGood, Fault::CloseAfterData, Fault::Busy]);
        assert!(deliver(&server).await.unwrap_err().is_transient());
        assert!(deliver(&server).await.unwrap_err().is_permanent());
        assert_eq!(server.mailbox.kept(), 0);
        deliver(&server).await.unwrap_err();
        assert_eq!(server.mailbox.kept(), 1, "kept, though the answer never came");
        deliver(&server).await.unwrap_err();
        deliver(&server).await.unwrap();
        assert_eq!((server.mailbox.kept(), server.mailbox.refused()), (2, 2));
    }

    #[tokio::test]
    async fn what_is_too_large_or_too_long_is_refused() {
        let server = server();
        let mut talk = Talk::begin(&server).await;
        talk.say("HELO me", "250 ").await;
        talk.say(&format!("MAIL FROM:<a@b> SIZE={}", MESSAGE_BYTES_MAX + 1), "552 ").await;
        talk.say("MAIL FROM:<a@b>", "250 ").await;
        talk.say("RCPT TO:<c@d>", "250 ").await;
        talk.say("DATA", "354 ").await;
        let line = [vec![b'x'; 60_000], b"\r\n".to_vec()].concat();
        for _ in 0..(MESSAGE_BYTES_MAX / 60_000 + 2) {
            talk.send(&line).await;
        }
        talk.send(b".\r\n").await;
        assert!(talk.answer().await.starts_with("552 "));
        assert!(server.mailbox.maildir().list().unwrap().is_empty());
        talk.say("NOOP", "250 ").await;
        talk.send(&vec![b'y'; COMMAND_BYTES_MAX + 1]).await;
        assert!(talk.answer().await.starts_with("500 "));
        assert_eq!(talk.answer().await, "", "the server hung up");
    }

    #[tokio::test]
    async fn what_could_not_be_kept_is_not_acknowledged() {
        let server = server();
        std::fs::remove_dir(server.mailbox.maildir().dir().join("new")).unwrap();
        assert!(deliver(&server).await.unwrap_err().is_transient());
        assert_eq!(server.mailbox.kept(), 0);
    }

    #[tokio::test]
    async fn a_message_broken_off_is_not_kept() {
        let server = server();
        let mut talk = Talk::begin(&server).await;
        talk.say("HELO me", "250 ").await;
        talk.say("MAIL FROM:<a@b>", "250 ").await;
        talk.say("RCPT TO:<c@d>", "250 ").await;
        talk.say("DATA", "354 ").await;
        talk.send(b"Subject: half\r\n").await;
        talk.0.get_mut().shutdown().await.unwrap();
        assert_eq!(talk.answer().await, "");
        assert!(server.mailbox.maildir().list().unwrap().is_empty());
    }
}
