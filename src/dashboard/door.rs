//! The door: a listening socket with so many places, so many of them for one address, and a patience for each request. A guest
//! that sends its request by the drop, or reads the answer by the drop, is shown out; no place is held for longer.
//! `axum::serve` has no timeout for a request's head, which is why the patience is kept here, below it.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::limits::client_of;

/// How patient the door is, and how many it lets in.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Guests at once; more wait outside.
    pub guests: usize,
    /// Guests at once from one address; more are turned away. A proxy's guests all come from one address.
    pub guests_of_one: usize,
    /// From the first byte of a request, or from coming in, to its last.
    pub request: Duration,
    /// From the first byte of a request to the last of its answer.
    pub exchange: Duration,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// The bytes of one request: head and body.
    pub request_bytes: u64,
}

impl Patience {
    /// What the service has.
    pub(super) const USUAL: Self = Self {
        guests: 256,
        guests_of_one: 32,
        request: Duration::from_secs(10),
        exchange: Duration::from_secs(30),
        idle: Duration::from_secs(15),
        request_bytes: 128 * 1024,
    };

    /// Behind a proxy, which bounds its own clients and comes from one address.
    pub(super) const BEHIND_PROXY: Self = Self { guests_of_one: 256, ..Self::USUAL };
}

/// Who is in, by address.
type Within = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// A listener that keeps to a [`Patience`].
pub(super) struct Door {
    listener: TcpListener,
    patience: Patience,
    places: Arc<Semaphore>,
    within: Within,
    closing: CancellationToken,
}

impl Door {
    /// `closing` shows everybody out at once.
    pub(super) fn new(listener: TcpListener, patience: Patience, closing: CancellationToken) -> Self {
        let places = Arc::new(Semaphore::new(patience.guests));
        Self { listener, patience, places, within: Arc::default(), closing }
    }

    /// A place for this address, or nothing where it has its share.
    fn seat(&self, from: SocketAddr, place: OwnedSemaphorePermit) -> Option<Seat> {
        let address = client_of(from.ip());
        let mut within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        let count = within.entry(address).or_default();
        if *count >= self.patience.guests_of_one {
            return None;
        }
        *count += 1;
        Some(Seat { address, within: self.within.clone(), _place: place })
    }
}

impl axum::serve::Listener for Door {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        loop {
            // The semaphore is never closed; without a place there is nothing to do but try again.
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                tokio::task::yield_now().await;
                continue;
            };
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    let Some(seat) = self.seat(from, place) else { continue };
                    return (Guest::new(stream, seat, self.patience, self.closing.clone()), from);
                }
                // Out of file handles, most likely: wait for some to come back.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A place taken, given back when it is dropped.
struct Seat {
    address: IpAddr,
    within: Within,
    _place: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = within.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                within.remove(&self.address);
            }
        }
    }
}

/// A connection with a patience. What passes through it is not looked at: a request begins with the first byte after an
/// answer, and an answer with the first byte that we write.
pub(super) struct Guest {
    stream: TcpStream,
    patience: Patience,
    /// When the request under way began; for a guest that has sent nothing yet, when it came in.
    began: Instant,
    /// When the answer under way, or the last one, last moved; nothing before it begins.
    answered: Option<Instant>,
    /// What the request under way has sent.
    taken: u64,
    timer: Pin<Box<Sleep>>,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
    _seat: Seat,
}

impl Guest {
    fn new(stream: TcpStream, seat: Seat, patience: Patience, closing: CancellationToken) -> Self {
        let began = Instant::now();
        Self {
            stream,
            patience,
            began,
            answered: None,
            taken: 0,
            timer: Box::pin(tokio::time::sleep(patience.request)),
            closing: Box::pin(closing.cancelled_owned()),
            _seat: seat,
        }
    }

    /// Waits no longer than `until`, nor while everybody is shown out.
    fn poll_patience(&mut self, context: &mut Context<'_>, until: Instant) -> Poll<io::Error> {
        if self.closing.as_mut().poll(context).is_ready() {
            return Poll::Ready(io::ErrorKind::ConnectionAborted.into());
        }
        if self.timer.deadline() != until {
            self.timer.as_mut().reset(until);
        }
        self.timer.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut.into())
    }

    /// Counts what was read; the first byte after an answer begins a request.
    fn read(&mut self, bytes: u64) -> io::Result<()> {
        if bytes > 0 && self.answered.take().is_some() {
            self.began = Instant::now();
            self.taken = 0;
        }
        self.taken = self.taken.saturating_add(bytes);
        if self.taken > self.patience.request_bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(())
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let until = match self.answered {
            Some(at) => at + self.patience.idle,
            None => self.began + self.patience.request,
        };
        // Also where bytes are there: a drop a second is always there.
        if self.answered.is_none() && Instant::now() >= until {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => {
                let bytes = (buffer.filled().len() - before) as u64;
                Poll::Ready(self.read(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.poll_patience(context, until).map(Err),
        }
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let until = self.began + self.patience.exchange;
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(written)) => {
                self.answered = Some(Instant::now());
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.poll_patience(context, until).map(Err),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
