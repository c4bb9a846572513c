//! Listens on loopback only, and serves within bounds: so many connections at once, none idle for long, none of it reachable from
//! outside. Used by the replica and the inbox.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

/// Connections at once; more wait.
pub const CONNECTIONS_MAX: usize = 64;
/// A connection on which nothing moves for so long is closed.
const IDLE: Duration = Duration::from_mins(1);
/// The largest body taken.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Binds `port` on 127.0.0.1, or any free port when it is taken or none is wanted.
pub fn bind(port: Option<u16>) -> io::Result<TcpListener> {
    let wanted = port.map(|port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
    let listener = match wanted {
        Some(Ok(listener)) => listener,
        Some(Err(_)) | None => std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
    };
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Serves `router` until `stop`.
#[must_use]
pub fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> JoinHandle<()> {
    let bounded = Bounded { listener, places: Arc::new(Semaphore::new(CONNECTIONS_MAX)) };
    let router = router.layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    tokio::spawn(async move {
        let served = axum::serve(bounded, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::warn!(%error, "a server of the demonstration stopped");
        }
    })
}

/// A listener with a limited number of places.
struct Bounded {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl axum::serve::Listener for Bounded {
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
                Ok((stream, from)) => return (Guest::new(stream, place), from),
                // Out of file handles, most likely: wait for some to come back.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that holds a place and is closed when nothing moves on it.
struct Guest {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Guest {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit) -> Self {
        Self { stream, idle: Box::pin(tokio::time::sleep(IDLE)), _place: place }
    }

    /// Keeps `poll`'s answer, unless nothing has moved for too long.
    fn or_idle<T>(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.idle.as_mut().reset(Instant::now() + IDLE);
            return poll;
        }
        match self.idle.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.or_idle(context, poll)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.or_idle(context, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_is_taken_is_replaced_by_a_free_one() {
        let first = bind(None).unwrap();
        let port = first.local_addr().unwrap().port();
        let second = bind(Some(port)).unwrap();
        assert_ne!(second.local_addr().unwrap().port(), port);
        drop(first);
        assert_eq!(bind(Some(port)).unwrap().local_addr().unwrap().port(), port);
    }

    #[tokio::test]
    async fn nobody_outside_this_machine_can_reach_it() {
        assert!(bind(None).unwrap().local_addr().unwrap().ip().is_loopback());
    }
}
