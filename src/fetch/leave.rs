//! Asks a host's robots.txt for leave, once a day, in the host's own turns. A missing file is leave; a failing host is none for
//! now (RFC 9309 §2.3.1).

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tokio::time::Duration;
use url::Url;

use super::body::End;
use super::client::Answer;
use super::host::Verdict;
use super::robots::{BYTES_MAX, Cache, Rules};
use super::{Fetched, Fetcher, Withheld, classify, retry_after};

/// Redirections of a robots.txt that are followed; beyond them it counts as missing.
const REDIRECTS_MAX: u8 = 5;

impl Fetcher {
    /// Leave to ask for the address. What went wrong instead, where something did.
    pub(super) async fn ask_leave(&self, url: &Url) -> Result<(), Fetched> {
        let Some(host) = self.hosts.of(url) else { return Err(withheld(Withheld::BadAddress)) };
        let _asking = host.robots_asking().await;
        let leave = match self.with_robots(|cache| cache.allow(url, self.clock.now())) {
            Some(leave) => leave,
            None => self.learn_rules(url).await?,
        };
        if leave { Ok(()) } else { Err(withheld(Withheld::Robots)) }
    }

    /// Asks for the file and remembers what it says.
    async fn learn_rules(&self, url: &Url) -> Result<bool, Fetched> {
        let rules = self.fetch_rules(url).await;
        let now = self.clock.now();
        self.with_robots(|cache| match rules {
            Ok(rules) => {
                let leave = rules.allow(url);
                cache.remember(url, rules, now);
                Ok(leave)
            }
            Err(fetched) => {
                cache.hold_over(url, now);
                Err(fetched)
            }
        })
    }

    async fn fetch_rules(&self, url: &Url) -> Result<Rules, Fetched> {
        let mut at = url.join("/robots.txt").map_err(|_| withheld(Withheld::BadAddress))?;
        let mut left = self.settings.total_timeout;
        for _ in 0..=REDIRECTS_MAX {
            self.check_address(&at).map_err(withheld)?;
            match self.rules_hop(&at, &mut left).await? {
                Hop::Rules(rules) => return Ok(rules),
                Hop::Moved(next) => at = next,
            }
        }
        Ok(Rules::default())
    }

    async fn rules_hop(&self, at: &Url, left: &mut Duration) -> Result<Hop, Fetched> {
        let (turn, answer) = self.ask(at, None, BYTES_MAX, left).await.map_err(withheld)?;
        let answer = answer.inspect_err(|fetched| turn.judge(classify::verdict(fetched)))?;
        if let Some(Ok(next)) = classify::redirection(&answer, at) {
            turn.judge(Verdict::Answered);
            return Ok(Hop::Moved(next));
        }
        let rules = rules_of(&answer);
        turn.judge(match rules {
            Ok(_) => Verdict::Answered,
            Err(_) => Verdict::Unwelcome { retry_after: self.wish_of(&answer) },
        });
        rules.map(Hop::Rules)
    }

    fn wish_of(&self, answer: &Answer) -> Option<Duration> {
        let header = answer.headers.get(RETRY_AFTER)?.to_str().ok()?;
        retry_after::parse(header, self.clock.now())
    }

    fn with_robots<T>(&self, look: impl FnOnce(&mut Cache) -> T) -> T {
        look(&mut self.robots.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// One hop's end.
enum Hop {
    Rules(Rules),
    Moved(Url),
}

fn rules_of(answer: &Answer) -> Result<Rules, Fetched> {
    let busy = answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS;
    match &answer.body.end {
        _ if busy => Err(withheld(Withheld::Robots)),
        _ if !answer.status.is_success() => Ok(Rules::default()),
        End::Cut(why) => Err(Fetched::Truncated { why: format!("robots.txt: {why}") }),
        End::Whole | End::TooLarge => Ok(Rules::parse(&answer.body.bytes)),
    }
}

fn withheld(why: Withheld) -> Fetched {
    Fetched::Withheld { why }
}
