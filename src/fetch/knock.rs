//! Is it them or us? After one host stayed silent the others that were ever asked get a connection each, and not a byte: only
//! where every one of them is silent too is the fault ours. Hosts that were never asked are left alone.

use std::time::Duration;

use tokio::net::TcpStream;

use super::Fetcher;
use crate::domain::blame::{HostOutcome, Reach};

/// More hosts than this say no more.
const HOSTS_MAX: usize = 4;

impl Fetcher {
    /// What every host that was ever asked does now: the silent ones by their last word, the others by a knock.
    pub async fn knock(&self) -> Vec<HostOutcome> {
        let mut outcomes = self.hosts.outcomes();
        outcomes.retain(|outcome| outcome.reach == Reach::Unreachable);
        let is_silent = |name: &str| outcomes.iter().any(|outcome| outcome.host == name);
        let others: Vec<String> =
            self.memory().into_iter().map(|memory| memory.host).filter(|n| !is_silent(n)).collect();
        for host in others.into_iter().take(HOSTS_MAX) {
            let answered = opens(&host, self.settings.connect_timeout).await;
            let reach = if answered { Reach::Answered } else { Reach::Unreachable };
            outcomes.push(HostOutcome { host, reach });
        }
        outcomes
    }
}

/// Whether anything listens there. A name without a port is a web site's: 80 or 443.
async fn opens(host: &str, within: Duration) -> bool {
    let ports: &[u16] =
        if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) { &[] } else { &[80, 443] };
    let addresses: Vec<String> = if ports.is_empty() {
        vec![host.to_owned()]
    } else {
        ports.iter().map(|port| format!("{host}:{port}")).collect()
    };
    for address in addresses {
        if matches!(tokio::time::timeout(within, TcpStream::connect(&address)).await, Ok(Ok(_))) {
            return true;
        }
    }
    false
}
